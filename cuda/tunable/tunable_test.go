package tunable_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/cuda/tunable"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// Defaults, and what the functions make of numbers, are Python's.
func TestSettings(t *testing.T) {
	testkit.NeedDevices(t, 1)
	parity.Compare(t, `
	from torch.cuda import tunable as T
	def show():
		log(T.is_enabled(), T.tuning_is_enabled(), T.record_untuned_is_enabled(), T.wildcard_fallback_is_enabled(),
			T.get_max_tuning_duration(), T.get_max_tuning_iterations(), T.get_cublaslt_requested_algo_count(),
			T.get_rotating_buffer_size(), T.get_filename())
	show()
	for on in (True, False):
		T.enable(on); T.tuning_enable(not on); T.wildcard_fallback_enable(on)
		for n in (7, 0, -3):
			T.set_max_tuning_duration(n); T.set_max_tuning_iterations(n)
			T.set_cublaslt_requested_algo_count(n); T.set_rotating_buffer_size(n)
			show()
	T.set_filename("/tmp/nowhere.csv", True); show()
	T.set_filename("/tmp/nowhere.csv"); show()
	T.set_numerical_check_tolerances(False, 1e-3); T.set_filename("")
	T.enable(False); T.tuning_enable(True)
	T.set_max_tuning_duration(30); T.set_max_tuning_iterations(100)
	log(sorted(T.get_validators()), T.get_results(), T.read_file("/tmp/nowhere.csv"))
	`, func(log func(...any)) {
		show := func() {
			log(tunable.IsEnabled(), tunable.TuningIsEnabled(), tunable.RecordUntunedIsEnabled(), tunable.WildcardFallbackIsEnabled(),
				tunable.GetMaxTuningDuration(), tunable.GetMaxTuningIterations(), tunable.GetCublasltRequestedAlgoCount(),
				tunable.GetRotatingBufferSize(), tunable.GetFilename())
		}
		show()
		for _, on := range []bool{true, false} {
			tunable.Enable(on)
			tunable.TuningEnable(!on)
			tunable.WildcardFallbackEnable(on)
			for _, n := range []int{7, 0, -3} {
				tunable.SetMaxTuningDuration(n)
				tunable.SetMaxTuningIterations(n)
				tunable.SetCublasltRequestedAlgoCount(n)
				tunable.SetRotatingBufferSize(n)
				show()
			}
		}
		tunable.SetFilename("/tmp/nowhere.csv", true)
		show()
		tunable.SetFilename("/tmp/nowhere.csv")
		show()
		tunable.SetNumericalCheckTolerances(false, tunable.Atol(1e-3), tunable.Rtol(1e-4))
		tunable.SetFilename("")
		tunable.Enable(false)
		tunable.TuningEnable(true)
		tunable.SetMaxTuningDuration(30)
		tunable.SetMaxTuningIterations(100)
		log(pairs(tunable.GetValidators()), "()", tunable.ReadFile("/tmp/nowhere.csv"))
	})
}

// pairs writes a map as Python's list of sorted tuples.
func pairs(m map[string]string) string {
	var all []string
	for name, value := range m {
		all = append(all, "('"+name+"', '"+value+"')")
	}
	slices.Sort(all)
	return "[" + strings.Join(all, ", ") + "]"
}

// What a file says is what the results are.
func TestReadFile(t *testing.T) {
	testkit.NeedDevices(t, 1)
	var file strings.Builder
	for name, value := range tunable.GetValidators() {
		file.WriteString("Validator," + name + "," + value + "\n")
	}
	file.WriteString("GemmTunableOp_float_NT,nt_4_5_6,Default,0.25\nGemmTunableOp_float_NT,nt_7_8_9,Gemm_Cublaslt_3,1.5\n")
	path := filepath.Join(t.TempDir(), "tuned.csv")
	require.NoError(t, os.WriteFile(path, []byte(file.String()), 0o666))
	assert.True(t, tunable.ReadFile(path))
	defer clear()
	assert.ElementsMatch(t, []tunable.Result{
		{Operator: "GemmTunableOp_float_NT", Parameters: "nt_4_5_6", Solution: "Default", Time: 0.25},
		{Operator: "GemmTunableOp_float_NT", Parameters: "nt_7_8_9", Solution: "Gemm_Cublaslt_3", Time: 1.5},
	}, tunable.GetResults())
	require.NoError(t, os.WriteFile(path, []byte("Validator,PT_VERSION,1.0.0\n"), 0o666))
	assert.False(t, tunable.ReadFile(path), "of another PyTorch")
}

func clear() {
	var f entry.Frame
	f.Call(csrc.Entry("cuda::tunable_clear_all() -> ()"))
}

// The mask is the goroutine's, and ends with its function, also if that panics.
func TestDynamicDimsMask(t *testing.T) {
	testkit.NeedDevices(t, 1)
	current := csrc.Entry("cuda::tunable_current_mask() -> int")
	tunable.DynamicDimsMask(func() {
		assert.EqualValues(t, 1|8, entry.Int(current))
		assert.Panics(t, func() { tunable.DynamicDimsMask(func() { panic("!") }, tunable.K) })
		tunable.DynamicDimsMask(func() { assert.EqualValues(t, 2, entry.Int(current)) }, tunable.N, tunable.Dim(9))
		assert.EqualValues(t, 1|8, entry.Int(current))
	}, tunable.M, tunable.Batch)
	assert.Zero(t, entry.Int(current))
	assert.Error(t, torch.Try(func() { tunable.DynamicDimsMask(nil) }))
}

// While TunableOp is on, products are what they were.
func TestProducts(t *testing.T) {
	testkit.NeedDevices(t, 1)
	x := torch.Randn([]int64{8, 8}, torch.CUDA(0))
	want := x.Mm(x)
	tunable.Enable(true)
	defer tunable.Enable(false)
	tunable.TuningEnable(false)
	defer tunable.TuningEnable(true)
	assert.True(t, torch.Equal(want, x.Mm(x)))
}

// Products of a file draw the random numbers of Python's, which says that matrices are made
// alike; warnings and refusals have Python's words.
func TestTuneGemmInFile(t *testing.T) {
	testkit.NeedDevices(t, 1)
	path := filepath.Join(t.TempDir(), "untuned.csv")
	write := func(lines ...string) {
		require.NoError(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o666))
	}
	tunable.SetFilename(filepath.Join(t.TempDir(), "tuned.csv"))
	defer tunable.SetFilename("")
	assert.ErrorContains(t, torch.Try(func() { _ = tunable.TuneGemmInFile(path) }), "TunableOp is not enabled")
	tunable.Enable(true)
	defer tunable.Enable(false)
	tunable.TuningEnable(false)
	assert.ErrorContains(t, torch.Try(func() { _ = tunable.TuneGemmInFile(path) }), "Tuning is not enabled")
	tunable.TuningEnable(true)
	assert.Error(t, tunable.TuneGemmInFile(filepath.Join(t.TempDir(), "none")))
	lines := []string{
		"Validator,PT_VERSION,2.15.0", "GemmTunableOp_float_NN,nn_4_5_6_ld_4_6_4", "GemmTunableOp_double_TN,tn_4_5_6_ld_6_6_4",
		"GemmTunableOp_tf32_NT,nt_4_5_6_ld_9_8_4", "GemmTunableOp_float_NT,nt_1_5_6_ld_1_5_1", "GemmTunableOp_float_NT,nt_4_1_6_ld_4_1_4",
		"GemmStridedBatchedTunableOp_float_NT,nt_4_5_6_B_3_ld_4_5_4", "GemmStridedBatchedTunableOp_float_TN,tn_4_5_6_B_3_ld_7_9_4",
		"GemmStridedBatchedTunableOp_float_TN,tn_4_1_6_B_3_ld_6_6_4", "GemmAndBiasTunableOp_float_TN,tn_4_5_6_ld_6_6_4",
		"GemmOtherTunableOp_float_TN,tn_4_5_6_ld_6_6_4",
	}
	write(lines...)
	parity.Compare(t, `
	import warnings
	from torch.cuda import tunable as T
	T.enable(True); T.set_filename("`+filepath.Join(t.TempDir(), "python.csv")+`")
	torch.manual_seed(0)
	with warnings.catch_warnings(record=True) as caught:
		warnings.simplefilter("always")
		T.tune_gemm_in_file("`+path+`")
	log(*[w.message for w in caught], torch.rand(3, device="cuda:0"))
	T.enable(False); T.set_filename("")
	`, func(log func(...any)) {
		torch.ManualSeed(0)
		defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { log(w.Message) }))
		require.NoError(t, tunable.TuneGemmInFile(path))
		log(torch.Rand([]int64{3}, torch.CUDA(0)))
	})
	for _, line := range []string{
		"Gemm", "GemmTunableOp_float_NN", "GemmTunableOp_float_NN,", "GemmTunableOp_what_NN,nn_4_5_6_ld_4_6_4", "GemmTunableOp_float_N,nn_4_5_6_ld_4_6_4",
		"GemmTunableOp_float_NN,nn_4_5_6_ld_4_6", "GemmTunableOp_float_NN,nn_4_x_6_ld_4_6_4", "GemmTunableOp_float_NN,nn_4_-5_6_ld_4_6_4",
		"GemmAndBiasTunableOp_float_NN,nn_4_5_6_ld_4_6_4",
	} {
		write(line)
		assert.Error(t, torch.Try(func() { _ = tunable.TuneGemmInFile(path) }), line)
	}
}
