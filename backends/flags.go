package backends

import "github.com/wangkuiyi/gotorch/internal/option"

// The keywords of the functions Flags of the packages below this one. A function
// takes those that Python's takes.
type (
	// Enabled says whether a backend is used at all.
	Enabled bool
	// Benchmark has cuDNN try its algorithms for a convolution and keep the
	// fastest.
	Benchmark bool
	// BenchmarkLimit is how many algorithms it tries; 0 is all.
	BenchmarkLimit int
	// Deterministic has a backend use only algorithms whose results do not vary.
	Deterministic bool
	// AllowTf32 lets float32 be computed with TensorFloat-32.
	AllowTf32 bool
	// Fp32Precision is how exactly a backend computes with float32: "ieee",
	// "tf32", "bf16" or "none".
	Fp32Precision string
	// DepthwiseKernel is what computes depthwise convolutions: "auto", "cudnn" or
	// "native".
	DepthwiseKernel string
)

// CudnnFlag makes Enabled an option of cudnn.Flags.
func (Enabled) CudnnFlag(option.Marker) {}

// CudnnFlag makes Benchmark an option of cudnn.Flags.
func (Benchmark) CudnnFlag(option.Marker) {}

// CudnnFlag makes BenchmarkLimit an option of cudnn.Flags.
func (BenchmarkLimit) CudnnFlag(option.Marker) {}

// CudnnFlag makes Deterministic an option of cudnn.Flags.
func (Deterministic) CudnnFlag(option.Marker) {}

// CudnnFlag makes AllowTf32 an option of cudnn.Flags.
func (AllowTf32) CudnnFlag(option.Marker) {}

// CudnnFlag makes Fp32Precision an option of cudnn.Flags.
func (Fp32Precision) CudnnFlag(option.Marker) {}

// CudnnFlag makes DepthwiseKernel an option of cudnn.Flags.
func (DepthwiseKernel) CudnnFlag(option.Marker) {}

// MkldnnFlag makes Enabled an option of mkldnn.Flags.
func (Enabled) MkldnnFlag(option.Marker) {}

// MkldnnFlag makes Deterministic an option of mkldnn.Flags.
func (Deterministic) MkldnnFlag(option.Marker) {}

// MkldnnFlag makes AllowTf32 an option of mkldnn.Flags.
func (AllowTf32) MkldnnFlag(option.Marker) {}

// MkldnnFlag makes Fp32Precision an option of mkldnn.Flags.
func (Fp32Precision) MkldnnFlag(option.Marker) {}

// NnpackFlag makes Enabled an option of nnpack.Flags.
func (Enabled) NnpackFlag(option.Marker) {}

func (p Fp32Precision) precision() string { return string(p) }
