#include "textflag.h"

// func fill(p *Path)
//
// A frame pointer points to that of the caller, and the return address lies above it. All
// that is read lies between the stack pointer and the end of the goroutine's stack: the
// chain may lead to C code, which need not have frame pointers. Nothing can move the stack
// meanwhile, as assembly is never preempted.
TEXT ·fill(SB), NOSPLIT, $0-8
	MOVQ p+0(FP), DI
	XORQ CX, CX
	MOVQ (TLS), R8
	MOVQ 8(R8), R8 // g.stack.hi
	SUBQ $16, R8
	MOVQ SP, R9
	MOVQ BP, BX

next:
	CMPQ BX, R9
	JLS  done
	CMPQ BX, R8
	JHI  done
	MOVQ 8(BX), AX
	MOVQ AX, (DI)(CX*8)
	INCQ CX
	CMPQ CX, $10 // Depth
	JEQ  done
	MOVQ BX, R9
	MOVQ (BX), BX
	JMP  next

done:
	RET
