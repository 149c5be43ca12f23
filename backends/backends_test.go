package backends_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/backends"
	"github.com/wangkuiyi/gotorch/backends/cpu"
	"github.com/wangkuiyi/gotorch/backends/cuda"
	"github.com/wangkuiyi/gotorch/backends/cudnn"
	"github.com/wangkuiyi/gotorch/backends/kleidiai"
	"github.com/wangkuiyi/gotorch/backends/mkl"
	"github.com/wangkuiyi/gotorch/backends/mkldnn"
	"github.com/wangkuiyi/gotorch/backends/mps"
	"github.com/wangkuiyi/gotorch/backends/nnpack"
	"github.com/wangkuiyi/gotorch/backends/openmp"
	"github.com/wangkuiyi/gotorch/backends/quantized"
	"github.com/wangkuiyi/gotorch/backends/xnnpack"
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// A step is an expression or a statement of Python and the same in Go, which
// returns the expression's value, or nil.
type step struct {
	python string
	run    func() any
}

// set is a step that sets something.
func set[T any](python string, fn func(T), value T) step {
	return step{python, func() any {
		fn(value)
		return nil
	}}
}

// get is a step that asks for something.
func get[T any](python string, fn func() T) step {
	return step{python, func() any { return fn() }}
}

// sameSteps runs the steps in Python and in Go, one after the other, and compares
// their values, errors and warnings.
func sameSteps(t *testing.T, steps []step) {
	t.Helper()
	var code strings.Builder
	code.WriteString(`
		import warnings
		b = torch.backends
		torch.set_warn_always(True)
		results = out["results"] = []
		def run(text):
			global value
			with warnings.catch_warnings(record=True) as caught:
				warnings.simplefilter("always")
				value = None
				try:
					try:
						code = compile(text, "step", "eval")
						value = eval(code)
					except SyntaxError:
						exec(text)
					result = "" if value is None else str(value)
				except Exception as e:
					result = f"{type(e).__name__}: {e}"
			results.append(" ".join([result] + [str(w.message).split(" (Triggered")[0] for w in caught]))
`)
	for _, s := range steps {
		fmt.Fprintf(&code, "\t\trun(%q)\n", s.python)
	}
	code.WriteString("\t\ttorch.set_warn_always(False)\n")
	want := parity.Run(t, code.String()).Strings("results")
	torch.SetWarnAlways(true)
	defer torch.SetWarnAlways(false)
	require.Len(t, want, len(steps))
	for i, s := range steps {
		assert.Equal(t, want[i], inPython(s.run), s.python)
	}
}

// inPython returns what Python would print of a function's result, its error and
// its warnings.
func inPython(fn func() any) string {
	var texts []string
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { texts = append(texts, w.Message) }))
	var value any
	err := torch.Try(func() { value = fn() })
	text := fmt.Sprint(value)
	switch v := value.(type) {
	case nil:
		text = ""
	case bool:
		text = map[bool]string{true: "True", false: "False"}[v]
	case []string:
		text = "['" + strings.Join(v, "', '") + "']"
	}
	if err != nil {
		e := err.(*torch.Error)
		text = e.Kind + ": " + e.Message
	}
	return strings.Join(append([]string{text}, texts...), " ")
}

func TestSwitches(t *testing.T) {
	var steps []step
	for _, s := range []struct {
		name string
		get  func() bool
		set  func(bool)
	}{
		{"b.cudnn.enabled", cudnn.Enabled, cudnn.SetEnabled},
		{"b.cudnn.benchmark", cudnn.Benchmark, cudnn.SetBenchmark},
		{"b.cudnn.deterministic", cudnn.Deterministic, cudnn.SetDeterministic},
		{"b.cudnn.allow_tf32", cudnn.AllowTf32, cudnn.SetAllowTf32},
		{"b.mkldnn.enabled", mkldnn.Enabled, mkldnn.SetEnabled},
		{"b.mkldnn.deterministic", mkldnn.Deterministic, mkldnn.SetDeterministic},
		{"b.cuda.matmul.allow_tf32", cuda.Matmul.AllowTf32, cuda.Matmul.SetAllowTf32},
		{"b.cuda.matmul.allow_fp16_accumulation", cuda.Matmul.AllowFp16Accumulation, cuda.Matmul.SetAllowFp16Accumulation},
		{"b.cuda.matmul.prefer_cublaslt_grouped_gemm", cuda.Matmul.PreferCublasltGroupedGemm, cuda.Matmul.SetPreferCublasltGroupedGemm},
	} {
		before := s.get()
		steps = append(steps, get(s.name, s.get), set(s.name+" = True", s.set, true), get(s.name, s.get),
			set(s.name+" = False", s.set, false), get(s.name, s.get),
			set(fmt.Sprintf("%s = %v", s.name, map[bool]string{true: "True", false: "False"}[before]), s.set, before))
	}
	for _, s := range []struct {
		get, set string
		getGo    func() bool
		setGo    func(bool)
	}{
		{"flash_sdp_enabled", "enable_flash_sdp", cuda.FlashSdpEnabled, cuda.EnableFlashSdp},
		{"mem_efficient_sdp_enabled", "enable_mem_efficient_sdp", cuda.MemEfficientSdpEnabled, cuda.EnableMemEfficientSdp},
		{"math_sdp_enabled", "enable_math_sdp", cuda.MathSdpEnabled, cuda.EnableMathSdp},
		{"cudnn_sdp_enabled", "enable_cudnn_sdp", cuda.CudnnSdpEnabled, cuda.EnableCudnnSdp},
		{"fp16_bf16_reduction_math_sdp_allowed", "allow_fp16_bf16_reduction_math_sdp",
			cuda.Fp16Bf16ReductionMathSdpAllowed, cuda.AllowFp16Bf16ReductionMathSdp},
	} {
		read := get("b.cuda."+s.get+"()", s.getGo)
		steps = append(steps, read, set("b.cuda."+s.set+"(False)", s.setGo, false), read,
			set("b.cuda."+s.set+"(True)", s.setGo, true), read)
	}
	steps = append(steps, set("b.cuda.allow_fp16_bf16_reduction_math_sdp(False)", cuda.AllowFp16Bf16ReductionMathSdp, false))
	sameSteps(t, steps)
}

func TestPrecision(t *testing.T) {
	var read []step
	for _, o := range []struct {
		name string
		get  func() string
	}{
		{"b", backends.GetFp32Precision}, {"b.cudnn", cudnn.Fp32Precision}, {"b.mkldnn", mkldnn.Fp32Precision},
		{"b.cuda.matmul", cuda.Matmul.Fp32Precision}, {"b.cudnn.conv", cudnn.Conv.Fp32Precision},
		{"b.cudnn.rnn", cudnn.RNN.Fp32Precision}, {"b.mkldnn.conv", mkldnn.Conv.Fp32Precision},
		{"b.mkldnn.rnn", mkldnn.Rnn.Fp32Precision}, {"b.mkldnn.matmul", mkldnn.Matmul.Fp32Precision},
	} {
		read = append(read, get(o.name+".fp32_precision", o.get))
	}
	read = append(read, get("b.cudnn.allow_tf32", cudnn.AllowTf32), get("b.cuda.matmul.allow_tf32", cuda.Matmul.AllowTf32))
	steps := read
	for _, s := range []step{
		set("b.fp32_precision = 'bf16'", backends.SetFp32Precision, "bf16"),
		set("b.fp32_precision = 'tf32'", backends.SetFp32Precision, "tf32"),
		set("b.fp32_precision = 'ieee'", backends.SetFp32Precision, "ieee"),
		set("b.cudnn.fp32_precision = 'tf32'", cudnn.SetFp32Precision, "tf32"),
		set("b.cudnn.conv.fp32_precision = 'ieee'", cudnn.Conv.SetFp32Precision, "ieee"),
		set("b.cudnn.rnn.fp32_precision = 'none'", cudnn.RNN.SetFp32Precision, "none"),
		set("b.cuda.matmul.fp32_precision = 'tf32'", cuda.Matmul.SetFp32Precision, "tf32"),
		set("b.mkldnn.fp32_precision = 'bf16'", mkldnn.SetFp32Precision, "bf16"),
		set("b.mkldnn.conv.fp32_precision = 'bf16'", mkldnn.Conv.SetFp32Precision, "bf16"),
		set("b.mkldnn.matmul.fp32_precision = 'ieee'", mkldnn.Matmul.SetFp32Precision, "ieee"),
		set("b.cudnn.conv.fp32_precision = 'bf16'", cudnn.Conv.SetFp32Precision, "bf16"),
		set("b.mkldnn.rnn.fp32_precision = 'half'", mkldnn.Rnn.SetFp32Precision, "half"),
		set("torch._C._set_fp32_precision_setter('cuda', 'pool', 'ieee') and None", backends.Operation("cuda.pool").SetFp32Precision, "ieee"),
		set("torch._C._set_fp32_precision_setter('gpu', 'conv', 'ieee') and None", backends.Operation("gpu.conv").SetFp32Precision, "ieee"),
		// Back to what was.
		set("b.mkldnn.matmul.fp32_precision = 'none'", mkldnn.Matmul.SetFp32Precision, "none"),
		set("b.mkldnn.conv.fp32_precision = 'none'", mkldnn.Conv.SetFp32Precision, "none"),
		set("b.cudnn.fp32_precision = 'none'", cudnn.SetFp32Precision, "none"),
		set("b.cudnn.allow_tf32 = True", cudnn.SetAllowTf32, true),
		set("b.cuda.matmul.fp32_precision = 'none'", cuda.Matmul.SetFp32Precision, "none"),
		set("b.fp32_precision = 'none'", backends.SetFp32Precision, "none"),
	} {
		steps = append(append(steps, s), read...)
	}
	sameSteps(t, steps)
}

func TestReductions(t *testing.T) {
	read := []step{
		get("b.cuda.matmul.allow_fp16_reduced_precision_reduction", cuda.Matmul.AllowFp16ReducedPrecisionReduction),
		get("b.cuda.matmul.allow_fp16_reduced_precision_reduction_split_k", cuda.Matmul.AllowFp16ReducedPrecisionReductionSplitK),
		get("b.cuda.matmul.allow_bf16_reduced_precision_reduction", cuda.Matmul.AllowBf16ReducedPrecisionReduction),
		get("b.cuda.matmul.allow_bf16_reduced_precision_reduction_split_k", cuda.Matmul.AllowBf16ReducedPrecisionReductionSplitK),
	}
	steps := read
	for _, s := range []step{
		{"b.cuda.matmul.allow_fp16_reduced_precision_reduction = False",
			func() any { cuda.Matmul.SetAllowFp16ReducedPrecisionReduction(false); return nil }},
		{"b.cuda.matmul.allow_fp16_reduced_precision_reduction = False, False",
			func() any { cuda.Matmul.SetAllowFp16ReducedPrecisionReduction(false, false); return nil }},
		{"b.cuda.matmul.allow_bf16_reduced_precision_reduction = False, True",
			func() any { cuda.Matmul.SetAllowBf16ReducedPrecisionReduction(false, true); return nil }},
		{"b.cuda.matmul.allow_bf16_reduced_precision_reduction = True, False",
			func() any { cuda.Matmul.SetAllowBf16ReducedPrecisionReduction(true, false); return nil }},
		{"b.cuda.matmul.allow_fp16_reduced_precision_reduction = True",
			func() any { cuda.Matmul.SetAllowFp16ReducedPrecisionReduction(true); return nil }},
		{"b.cuda.matmul.allow_bf16_reduced_precision_reduction = True",
			func() any { cuda.Matmul.SetAllowBf16ReducedPrecisionReduction(true); return nil }},
	} {
		steps = append(append(steps, s), read...)
	}
	sameSteps(t, steps)
}

func TestFeatures(t *testing.T) {
	sameSteps(t, []step{
		get("b.mkl.is_available()", mkl.IsAvailable), get("b.mkldnn.is_available()", mkldnn.IsAvailable),
		get("b.mkldnn.is_acl_available()", mkldnn.IsAclAvailable), get("b.openmp.is_available()", openmp.IsAvailable),
		get("b.kleidiai.is_available()", kleidiai.IsAvailable), get("b.nnpack.is_available()", nnpack.IsAvailable),
		get("__import__('torch.backends.xnnpack', fromlist=['enabled']).enabled", xnnpack.Enabled),
		get("b.mps.is_available()", mps.IsAvailable), get("b.mps.is_built()", mps.IsBuilt),
		get("b.cpu.get_cpu_capability()", cpu.GetCpuCapability),
		get("b.quantized.engine", quantized.Engine), get("b.quantized.supported_engines", quantized.SupportedEngines),
		set("b.quantized.engine = 'qnnpack'", quantized.SetEngine, "qnnpack"), get("b.quantized.engine", quantized.Engine),
		set("b.quantized.engine = 'eager'", quantized.SetEngine, "eager"), set("b.quantized.engine = 'none'", quantized.SetEngine, "none"),
		set("b.quantized.engine = 'x86'", quantized.SetEngine, "x86"), get("b.quantized.engine", quantized.Engine),
		get("b.cudnn.benchmark_limit", cudnn.BenchmarkLimit), set("b.cudnn.benchmark_limit = 3", cudnn.SetBenchmarkLimit, 3),
		get("b.cudnn.benchmark_limit", cudnn.BenchmarkLimit), set("b.cudnn.benchmark_limit = 10", cudnn.SetBenchmarkLimit, 10),
		get("b.cudnn.depthwise_kernel", cudnn.DepthwiseKernel), set("b.cudnn.depthwise_kernel = 'fast'", cudnn.SetDepthwiseKernel, "fast"),
		set("b.cudnn.depthwise_kernel = 'native'", cudnn.SetDepthwiseKernel, "native"), get("b.cudnn.depthwise_kernel", cudnn.DepthwiseKernel),
		set("b.cudnn.depthwise_kernel = 'auto'", cudnn.SetDepthwiseKernel, "auto"),
		get("b.cudnn.is_acceptable(torch.ones(2))", func() bool { return cudnn.IsAcceptable(torch.Ones([]int64{2})) }),
	})
}

// Python's preferred libraries are enumerations; ours the names that it takes.
func TestLibraries(t *testing.T) {
	name := func(call string) string { return call + ".name.lower()" }
	sameSteps(t, []step{
		{name("b.cuda.preferred_linalg_library()"), func() any { return cuda.PreferredLinalgLibrary() }},
		{"b.cuda.preferred_linalg_library('lapack')", func() any { return cuda.PreferredLinalgLibrary("lapack") }},
		{name("b.cuda.preferred_linalg_library('default')"), func() any { return cuda.PreferredLinalgLibrary("default") }},
		{"b.cuda.preferred_blas_library('mkl')", func() any { return cuda.PreferredBlasLibrary("mkl") }},
		{"b.cuda.blas_workspace_size(backend='mkl')", func() any { return cuda.BlasWorkspaceSize("mkl") }},
		{"b.cuda.blas_workspace_size(backend='ck')", func() any { return cuda.BlasWorkspaceSize("ck") }},
	})
	if csrc.CUDA() != nil {
		t.Log("setting a library needs CUDA")
		return
	}
	steps := []step{
		{name("b.cuda.preferred_linalg_library('cusolver')"), func() any { return cuda.PreferredLinalgLibrary("cusolver") }},
		{name("b.cuda.preferred_linalg_library('magma')"), func() any { return cuda.PreferredLinalgLibrary("magma") }},
		{name("b.cuda.preferred_linalg_library('default')"), func() any { return cuda.PreferredLinalgLibrary("default") }},
		{name("b.cuda.preferred_blas_library('cublaslt')"), func() any { return cuda.PreferredBlasLibrary("cublaslt") }},
		{name("b.cuda.preferred_blas_library('hipblas')"), func() any { return cuda.PreferredBlasLibrary("hipblas") }},
		{name("b.cuda.preferred_blas_library('default')"), func() any { return cuda.PreferredBlasLibrary("default") }},
		get("b.cuda.is_built()", cuda.IsBuilt), get("b.cudnn.is_available()", cudnn.IsAvailable),
		get("b.cuda.is_flash_attention_available()", cuda.IsFlashAttentionAvailable),
	}
	// Python prints these warnings, and does not hand them to its filters.
	for i, s := range steps {
		steps[i].run = func() any {
			defer torch.SetWarningHandler(torch.SetWarningHandler(func(torch.Warning) {}))
			return s.run()
		}
	}
	sameSteps(t, steps)
}

// Flags sets what it is told, has Python's defaults, and sets back what was, also
// if the function panics.
func TestFlags(t *testing.T) {
	state := func() string {
		return strings.TrimSpace(fmt.Sprintln(cudnn.Enabled(), cudnn.Benchmark(), cudnn.BenchmarkLimit(), cudnn.Deterministic(), cudnn.AllowTf32(),
			cudnn.DepthwiseKernel(), cudnn.Conv.Fp32Precision(), mkldnn.Enabled(), mkldnn.Deterministic(), backends.GetFp32Precision()))
	}
	at := func(run func(func())) string {
		before := state()
		var inside string
		run(func() { inside = state() })
		assert.Equal(t, before, state())
		assert.Panics(t, func() { run(func() { panic("!") }) })
		assert.Equal(t, before, state())
		return inside
	}
	first := state()
	got := []string{
		at(func(fn func()) { cudnn.Flags(fn) }),
		at(func(fn func()) {
			cudnn.Flags(fn, backends.Enabled(true), backends.Benchmark(true), backends.BenchmarkLimit(5), backends.Deterministic(true),
				backends.AllowTf32(false), backends.DepthwiseKernel("cudnn"))
		}),
		at(func(fn func()) { mkldnn.Flags(fn) }),
		at(func(fn func()) { mkldnn.Flags(fn, backends.Enabled(true), backends.Deterministic(true)) }),
		at(func(fn func()) { backends.Flags(fn, backends.Fp32Precision("ieee")) }),
	}
	assert.Error(t, torch.Try(func() { cudnn.Flags(func() {}, backends.Fp32Precision("half"), backends.Benchmark(true)) }))
	assert.Equal(t, first, state())
	py := parity.Run(t, `
		b = torch.backends
		state = lambda: " ".join(str(v) for v in (b.cudnn.enabled, b.cudnn.benchmark, b.cudnn.benchmark_limit, b.cudnn.deterministic,
			b.cudnn.allow_tf32, b.cudnn.depthwise_kernel, b.cudnn.conv.fp32_precision, b.mkldnn.enabled, b.mkldnn.deterministic,
			b.fp32_precision)).replace("True", "true").replace("False", "false")
		seen = out["seen"] = []
		for flags in (b.cudnn.flags(), b.cudnn.flags(True, True, 5, True, False, depthwise_kernel="cudnn"), b.mkldnn.flags(),
				b.mkldnn.flags(True, True), b.flags("ieee")):
			with flags:
				seen.append(state())
	`)
	assert.Equal(t, py.Strings("seen"), got)

	before := nnpack.SetFlags(true)
	nnpack.Flags(func() { assert.False(t, nnpack.SetFlags(false)) })
	assert.True(t, nnpack.SetFlags(before))
	nnpack.Flags(func() { assert.True(t, nnpack.SetFlags(true)) }, backends.Enabled(true))
}

// Without CUDA no kernel of CUDA's can compute, as Python's build without it says.
func TestWithoutCUDA(t *testing.T) {
	if csrc.CUDA() == nil {
		t.Skip("needs an install, or a machine, without CUDA")
	}
	q := torch.Ones([]int64{1, 2, 4, 8})
	params := cuda.SDPAParams{Query: q, Key: q, Value: q}
	assert.False(t, cuda.IsFlashAttentionAvailable())
	assert.False(t, cuda.CanUseFlashAttention(params))
	assert.False(t, cuda.CanUseEfficientAttention(params))
	assert.False(t, cuda.CanUseCudnnAttention(params))
	assert.False(t, cudnn.IsAvailable())
	assert.Zero(t, cudnn.Version())
	assert.Error(t, torch.Try(func() { cuda.CufftPlanCache().Size() }))
	assert.Error(t, torch.Try(func() { cuda.CublasWorkspaceSize() }))
	e := torch.Try(func() { cuda.CufftPlanCache(torch.CUDA(0)) }).(*torch.Error)
	assert.Equal(t, "cufft_plan_cache: expected 0 <= device index < 0, but got device with index 0", e.Message)
}
