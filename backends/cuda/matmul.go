package cuda

import (
	"github.com/wangkuiyi/gotorch/backends"
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/internal/setting"
)

// MatmulSettings are how matrices are multiplied on GPUs. [Matmul] has them.
type MatmulSettings struct{ operation backends.Operation }

// Matmul is how matrices are multiplied on GPUs: Python's
// torch.backends.cuda.matmul.
var Matmul = MatmulSettings{"cuda.matmul"}

// AllowTf32 reports whether float32 may be multiplied with TensorFloat-32, which
// rounds it to 10 bits of mantissa. At first it may not.
func (MatmulSettings) AllowTf32() bool { return setting.On("cuda.matmul.allow_tf32") }

// SetAllowTf32 says whether float32 may be multiplied with TensorFloat-32.
func (MatmulSettings) SetAllowTf32(on bool) { setting.Set("cuda.matmul.allow_tf32", on) }

// Fp32Precision returns how exactly float32 is multiplied: "none" at first, which
// is what [backends.GetFp32Precision] says.
func (m MatmulSettings) Fp32Precision() string { return m.operation.Fp32Precision() }

// SetFp32Precision sets what Fp32Precision returns: "ieee", "tf32" or "none".
func (m MatmulSettings) SetFp32Precision(precision string) { m.operation.SetFp32Precision(precision) }

// AllowFp16Accumulation reports whether products of float16 may be added up in
// float16. At first they may not.
func (MatmulSettings) AllowFp16Accumulation() bool {
	return setting.On("cuda.matmul.allow_fp16_accumulation")
}

// SetAllowFp16Accumulation says whether products of float16 may be added up in
// float16.
func (MatmulSettings) SetAllowFp16Accumulation(on bool) {
	setting.Set("cuda.matmul.allow_fp16_accumulation", on)
}

// PreferCublasltGroupedGemm reports whether products of groups of matrices use
// cuBLASLt where they can. At first they do not.
func (MatmulSettings) PreferCublasltGroupedGemm() bool {
	return setting.On("cuda.matmul.prefer_cublaslt_grouped_gemm")
}

// SetPreferCublasltGroupedGemm says whether products of groups of matrices use
// cuBLASLt.
func (MatmulSettings) SetPreferCublasltGroupedGemm(on bool) {
	setting.Set("cuda.matmul.prefer_cublaslt_grouped_gemm", on)
}

var (
	fp16Reduction    = csrc.Entry("fp16_reduction() -> (bool reduced, bool splitk)")
	bf16Reduction    = csrc.Entry("bf16_reduction() -> (bool reduced, bool splitk)")
	setFp16Reduction = csrc.Entry("set_fp16_reduction(bool reduced, bool splitk) -> ()")
	setBf16Reduction = csrc.Entry("set_bf16_reduction(bool reduced, bool splitk) -> ()")
)

// AllowFp16ReducedPrecisionReduction reports whether parts of products of float16
// may be added up in float16; at first they may.
func (MatmulSettings) AllowFp16ReducedPrecisionReduction() bool {
	reduced, _ := reduction(fp16Reduction)
	return reduced
}

// AllowFp16ReducedPrecisionReductionSplitK reports whether products of float16 may
// be split into parts that are computed apart; at first they may.
func (MatmulSettings) AllowFp16ReducedPrecisionReductionSplitK() bool {
	_, splitK := reduction(fp16Reduction)
	return splitK
}

// SetAllowFp16ReducedPrecisionReduction says whether parts of products of float16
// may be added up in float16 and, with a second argument, whether products may be
// split into parts at all. Both false is the most exact; true with false panics.
// Python's assignment of a bool or a tuple.
func (MatmulSettings) SetAllowFp16ReducedPrecisionReduction(reduced bool, splitK ...bool) {
	setReduction(setFp16Reduction, reduced, splitK)
}

// AllowBf16ReducedPrecisionReduction is AllowFp16ReducedPrecisionReduction for
// bfloat16.
func (MatmulSettings) AllowBf16ReducedPrecisionReduction() bool {
	reduced, _ := reduction(bf16Reduction)
	return reduced
}

// AllowBf16ReducedPrecisionReductionSplitK is
// AllowFp16ReducedPrecisionReductionSplitK for bfloat16.
func (MatmulSettings) AllowBf16ReducedPrecisionReductionSplitK() bool {
	_, splitK := reduction(bf16Reduction)
	return splitK
}

// SetAllowBf16ReducedPrecisionReduction is SetAllowFp16ReducedPrecisionReduction
// for bfloat16.
func (MatmulSettings) SetAllowBf16ReducedPrecisionReduction(reduced bool, splitK ...bool) {
	setReduction(setBf16Reduction, reduced, splitK)
}

func reduction(fn *csrc.Function) (reduced, splitK bool) {
	var f entry.Frame
	f.Call(fn)
	return f.TakeBool(), f.TakeBool()
}

func setReduction(fn *csrc.Function, reduced bool, splitK []bool) {
	var f entry.Frame
	f.PutBool(reduced)
	f.PutBool(len(splitK) == 0 || splitK[0])
	f.Call(fn)
}
