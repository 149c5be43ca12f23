package parity_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestRun(t *testing.T) {
	py := parity.Run(t, `
		torch.manual_seed(0)
		out["x"] = torch.randn(2, 3)
		out["list"] = [torch.zeros(1), torch.ones((), dtype=torch.int64)]
		out["text"] = "text"
		out["numbers"] = [1, 0.5, float("inf")]
		print("printed")
		import warnings
		warnings.warn("careful")
	`)
	torch.ManualSeed(0)
	py.EqualTensor("x", torch.Randn([]int64{2, 3}))
	py.EqualTensors("list", []*torch.Tensor{torch.Zeros([]int64{1}), torch.Ones(nil, torch.Int64)})
	assert.Equal(t, "text", py.Text("text"))
	assert.Equal(t, "printed\n", py.Stdout)
	assert.Equal(t, []parity.Warning{{Category: "UserWarning", Message: "careful"}}, py.Warnings)
	assert.Len(t, py.Numbers("numbers"), 3)
}

// A comparison that cannot fail would make every parity suite worthless.
func TestDifferencesAreFound(t *testing.T) {
	for name, tensor := range map[string]*torch.Tensor{
		"value":  torch.NewTensor([]float32{1, 2.0000002}),
		"shape":  torch.NewTensor([][]float32{{1, 2}}),
		"dtype":  torch.NewTensor([]float64{1, 2}),
		"device": torch.Empty([]int64{2}, torch.Meta),
		"none":   nil,
	} {
		t.Run(name, func(t *testing.T) {
			probe := &probe{TB: t}
			parity.Run(probe, `out["x"] = torch.tensor([1., 2.])`).EqualTensor("x", tensor)
			assert.True(t, probe.failed)
		})
	}
}

// probe is a test that notes its failure.
type probe struct {
	testing.TB
	failed bool
}

func (p *probe) Helper()               {}
func (p *probe) Errorf(string, ...any) { p.failed = true }

func TestRunError(t *testing.T) {
	py := parity.RunError(t, `raise ValueError("no")`)
	assert.Equal(t, "ValueError", py.Error.Type)
	assert.Equal(t, "no", py.Error.Message)
}

// A tensor of one element is contiguous, whatever its stride.
func TestBytesOfStridedElement(t *testing.T) {
	x := torch.NewTensor([]int32{7, 8, 9, 10}).AsStrided([]int64{1, 1}, []int64{5, 3})
	assert.Equal(t, []byte{7, 0, 0, 0}, parity.Bytes(x))
	assert.Equal(t, []byte{7, 0, 0, 0}, parity.Bytes(x.Select(0, 0)))
}
