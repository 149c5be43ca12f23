/*
Package varlen computes attention of sequences of different lengths that lie one behind the
other in one tensor, without padding: Python's torch.nn.attention.varlen.

	// Sequences of 2 and 4 positions.
	cu := torch.NewTensor([]int32{0, 2, 6}).To(device)
	y := varlen.VarlenAttn(q, k, v, cu, cu, 4, 4)

It takes flash attention's kernels, which are for GPUs: elsewhere it panics with PyTorch's words.
Where cuDNN could compute it, too, on GPUs of capability 9 and 10, Python prefers that; here flash
attention computes everywhere.
*/
package varlen

import (
	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/backends/cuda"
	"github.com/wangkuiyi/gotorch/torch"
)

// An Option is an option of [VarlenAttn] and its other forms: [Scale], [WindowSize],
// [EnableGqa], [SequsedK], [BlockTable], [NumSplits].
type Option interface{ set(*arguments) }

// Scale is by what scores are multiplied. Its default is 1/sqrt(D), for queries of size D.
type Scale float64

// WindowSize is how many positions before and behind its own a query sees; -1 is all. Its
// default is {-1, -1}; {-1, 0} is causal.
type WindowSize [2]int64

// EnableGqa lets several heads of queries share one of keys and values. Its default is false.
type EnableGqa bool

// NumSplits is in how many parts a kernel divides the keys; 1 makes the result of a sequence
// the same whatever the others are. By default the kernel chooses.
type NumSplits int64

type (
	seqused    struct{ t *torch.Tensor }
	blockTable struct{ t *torch.Tensor }
)

// SequsedK says how many keys of each sequence count. There are no gradients then.
func SequsedK(t *torch.Tensor) Option { return seqused{t} }

// BlockTable says in which pages the keys and values of each sequence lie, which then are of
// shape (pages, page size, heads, D). It needs [SequsedK]. There are no gradients then.
func BlockTable(t *torch.Tensor) Option { return blockTable{t} }

type arguments struct {
	scale, splits any // nil: not given
	window        [2]int64
	gqa           bool
	seqused       *torch.Tensor
	blockTable    *torch.Tensor
}

func (s Scale) set(a *arguments)      { a.scale = float64(s) }
func (w WindowSize) set(a *arguments) { a.window = w }
func (e EnableGqa) set(a *arguments)  { a.gqa = bool(e) }
func (n NumSplits) set(a *arguments)  { a.splits = int64(n) }
func (s seqused) set(a *arguments)    { a.seqused = s.t }
func (b blockTable) set(a *arguments) { a.blockTable = b.t }

// VarlenAttn returns the attention of query (Tq, Hq, D) to key (Tk, Hkv, D), with value
// (Tk, Hkv, D). cuSeqQ and cuSeqK, of dtype int32, say where each sequence begins, and last
// where all end; maxQ and maxK are the lengths of the longest. Python's varlen_attn.
func VarlenAttn(query, key, value, cuSeqQ, cuSeqK *torch.Tensor, maxQ, maxK int64, opts ...Option) *torch.Tensor {
	out, _ := VarlenAttnAux(query, key, value, cuSeqQ, cuSeqK, maxQ, maxK, opts...)
	return out
}

// VarlenAttnAux is [VarlenAttn], and returns the logarithms of the sums of the scores'
// exponentials, too, of shape (Hq, Tq). Python's varlen_attn with return_aux.
func VarlenAttnAux(query, key, value, cuSeqQ, cuSeqK *torch.Tensor, maxQ, maxK int64, opts ...Option) (out, lse *torch.Tensor) {
	a := argumentsOf(opts)
	a.check(query, key, value, cuSeqQ)
	results := autograd.Apply(&attention{arguments: a, maxQ: maxQ, maxK: maxK}, query, key, value, cuSeqQ, cuSeqK)
	return results[0], results[1]
}

// VarlenAttnOut is [VarlenAttnAux] into out, without gradients. Python's varlen_attn_out.
func VarlenAttnOut(out, query, key, value, cuSeqQ, cuSeqK *torch.Tensor, maxQ, maxK int64, opts ...Option) (lse *torch.Tensor) {
	a := argumentsOf(opts)
	a.check(query, key, value, cuSeqQ)
	if out == nil {
		panic(torch.NewError("TypeError", "out must be a Tensor, not nil"))
	}
	f := &attention{arguments: a, maxQ: maxQ, maxK: maxK}
	operands := append([]any{out}, f.operands(query, key, value, cuSeqQ, cuSeqK)...)
	return torch.Call("aten::_flash_attention_forward_no_dropout_inplace", operands...)[0].(*torch.Tensor)
}

func argumentsOf(opts []Option) arguments {
	a := arguments{window: [2]int64{-1, -1}}
	for _, o := range opts {
		if o != nil {
			o.set(&a)
		}
	}
	return a
}

// check refuses what Python's varlen_attn refuses.
func (a *arguments) check(query, key, value, cuSeqQ *torch.Tensor) {
	for _, t := range []*torch.Tensor{query, key, value, cuSeqQ} {
		if t == nil {
			panic(torch.NewError("TypeError", "query, key, value and cu_seq_q must be Tensors, not nil"))
		}
	}
	headsAt := int64(1)
	if a.blockTable != nil {
		headsAt = 2
	}
	queries, keys := query.Size(1), key.Size(headsAt)
	switch {
	case !a.gqa && queries != keys:
		panic(torch.NewError("ValueError", "Expect query and key/value to have the same number of heads but got Hq=%d and Hkv=%d. "+
			"Try setting enable_gqa=True for GQA.", queries, keys))
	case a.gqa && (keys == 0 || queries%keys != 0):
		panic(torch.NewError("ValueError", "Expect number of query heads to be a multiple of kv heads for GQA but got Hq=%d and Hkv=%d.",
			queries, keys))
	}
	if scale, given := a.scale.(float64); given && !(scale > 0) {
		panic(torch.NewError("ValueError", "scale must be greater than 0, got %v", pythonFloat(scale)))
	}
	if !cuda.FlashSdpEnabled() {
		panic(torch.NewError("RuntimeError", "No viable backend for varlen_attn. Enable SDPBackend.FLASH_ATTENTION or "+
			"SDPBackend.CUDNN_ATTENTION with sdpa_kernel()."))
	}
}
