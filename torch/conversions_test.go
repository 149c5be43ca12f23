package torch_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestConversions(t *testing.T) {
	py := parity.Run(t, `
		x = torch.tensor([[-1.5, 0.0], [2.7, 100.0]])
		for name in "float double half bfloat16 char short int long bool cfloat cdouble cpu".split():
			out[name] = getattr(x, name)()
		out["byte"] = x.abs().byte()
		out["counts"] = [x.ndimension(), x.nelement(), torch.numel(x), x.get_device()]
	`)
	x := torch.NewTensor([][]float32{{-1.5, 0}, {2.7, 100}})
	for name, got := range map[string]*torch.Tensor{
		"float":    x.Float(),
		"double":   x.Double(),
		"half":     x.Half(),
		"bfloat16": x.Bfloat16(),
		"char":     x.Char(),
		"short":    x.Short(),
		"int":      x.Int(),
		"long":     x.Long(),
		"bool":     x.Bool(),
		"cfloat":   x.Cfloat(),
		"cdouble":  x.Cdouble(),
		"cpu":      x.Cpu(), "byte": x.Abs().Byte(),
	} {
		py.EqualTensor(name, got)
	}
	assert.Same(t, x, x.Float())
	counts := []float64{float64(x.Ndimension()), float64(x.Nelement()), float64(torch.Numel(x)), float64(x.GetDevice())}
	assert.Equal(t, py.Numbers("counts"), counts)
	if torch.CudaDeviceCount() == 0 {
		assert.Error(t, torch.Try(func() { x.Cuda() }))
	}
}
