package torch_test

import (
	"fmt"
	"strings"
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

// Conversions to a memory format and to another tensor's dtype, and 2 / x.
func TestConversionForms(t *testing.T) {
	parity.Compare(t, `
		torch.manual_seed(0)
		x = torch.randn(2, 3, 2, 2)
		for y in (x.double(memory_format=torch.channels_last), x.to(torch.ones(1, dtype=torch.int32)), x.int(), x.to(x, memory_format=torch.channels_last, copy=True)):
			log(y, y.stride())
		log(x.to(torch.ones(2)) is x, 2 / x, 2.5 / x.int().add(1), x.__rtruediv__(x))
		out = torch.zeros(0, dtype=torch.int64)
		log(torch.nonzero(x > 1, out=out), out)
		fail(lambda: torch.nonzero(x > 1, out=torch.zeros(0)))`,
		func(log func(values ...any)) {
			torch.ManualSeed(0)
			x := torch.Randn([]int64{2, 3, 2, 2})
			for _, y := range []*torch.Tensor{x.Double(torch.ChannelsLast), x.To(torch.Ones([]int64{1}, torch.Int32)), x.Int(),
				x.To(x, torch.ChannelsLast, torch.Copy(true))} {
				log(y, strings.NewReplacer("[", "(", "]", ")", " ", ", ").Replace(fmt.Sprint(y.Stride())))
			}
			log(x.To(torch.Ones([]int64{2})) == x, x.Rdiv(2), x.Int().Add(1).Rdiv(2.5), x.Rdiv(x))
			out := torch.Zeros([]int64{0}, torch.Int64)
			log(torch.Nonzero(x.Gt(1), torch.Out(out)), out, func() { torch.Nonzero(x.Gt(1), torch.Out(torch.Zeros([]int64{0}))) })
		})
}
