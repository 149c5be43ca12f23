package conformance

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/amp"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// exceptions are the calls that cannot be compared: what is said of them, by the
// operators and functions.
var exceptions = map[string][]string{
	// The operator's workspace is not initialised.
	"aten::mkldnn_rnn_layer": {"result 3 differs"},
	// FakeTensorMode has cuDNN choose, and cuDNN wants a device.
	"aten::cudnn_convolution":           {needsDevice},
	"aten::cudnn_convolution_transpose": {needsDevice},
	"aten::grid_sampler":                {needsDevice},
	// The simulated GPU computes by the CPU's kernels, and has no cuDNN.
	"aten::_cudnn_rnn":                          {needsDevice, noKernel},
	"aten::_scaled_dot_product_flash_attention": {noKernel},
	"aten::_convolution":                        {noCudnn},
	"aten::_convolution.deprecated":             {noCudnn},
	// Its result is a number, for which fake tensors have no data.
	"torch.equal":        {"its result depends on data"},
	"torch.Tensor.equal": {"its result depends on data"},
}

const (
	needsDevice = "FakeTensorMode has it run on a device"
	noKernel    = "Could not run 'aten::"
	noCudnn     = "cuDNN error: not simulated"
)

// Each operator that autocast for the CPU knows has Python's results, to the bit.
func TestAutocastOnCPU(t *testing.T) { replayAutocast(t, "cpu") }

// Each operator that autocast for CUDA knows has results of Python's dtypes.
func TestAutocastOnCUDA(t *testing.T) {
	testkit.NeedDevices(t, 1)
	replayAutocast(t, "cuda")
}

// replayAutocast replays what autocast.py records, in autocast.
func replayAutocast(t *testing.T, device string) {
	t.Helper()
	needPython(t)
	operators, err := newTable()
	require.NoError(t, err)
	equal, excused := map[string]int{}, 0
	for record, err := range recorded("autocast.py", "--device", device, "--dtypes", "float16,bfloat16") {
		require.NoError(t, err)
		equal[record.Entry] += 0
		for _, c := range record.Calls {
			problem := ""
			torch.Scope(func() { problem = replayInAutocast(operators, record, c, device) })
			known := func(words string) bool { return strings.Contains(problem, words) }
			switch {
			case problem == "":
				equal[record.Entry]++
			case slices.ContainsFunc(exceptions[record.Entry], known):
				excused++
			default:
				t.Errorf("%s in autocast in %s, with tensors of %s: %.300s", record.Entry, record.Autocast, record.DType, problem)
			}
		}
	}
	calls := 0
	for entry, n := range equal {
		calls += n
		assert.True(t, n > 0 || exceptions[entry] != nil, "no call of %s was compared", entry)
	}
	t.Logf("autocast for %s: %d calls of %d operators and functions are Python's, %d cannot be compared",
		device, calls, len(equal), excused)
}

func replayInAutocast(operators table, record *Record, c *Call, device string) (problem string) {
	if c.Unsupported != "" {
		return c.Unsupported
	}
	if device != "cpu" {
		c.device = torch.NewDevice(device).WithIndex(0)
	}
	var err error
	amp.Autocast(device, func() {
		if record.Kind == "aten" {
			problem, err = replayRaw(operators, c)
		} else {
			problem, err = replayPublic(c)
		}
	}, torch.DType(dtypeNumbers[record.Autocast]+1))
	if err != nil {
		return err.Error()
	}
	return problem
}
