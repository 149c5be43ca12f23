package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

var convCases = []layerCase{
	{"nn.Conv1d(4, 6, 3)", func() nn.Layer { return nn.NewConv1d(4, 6, 3) }, []int64{2, 4, 9}},
	{"nn.Conv1d(4, 6, 3, stride=2, padding=2, dilation=2, groups=2, bias=False)", func() nn.Layer {
		return nn.NewConv1d(4, 6, 3, nn.Stride(2), nn.Padding(2), nn.Dilation(2), nn.Groups(2), nn.Bias(false))
	}, []int64{4, 9}},
	{"nn.Conv1d(4, 6, 3, padding='same', padding_mode='circular')", func() nn.Layer { return nn.NewConv1d(4, 6, 3, nn.Padding("same"), nn.PaddingMode("circular")) }, []int64{2, 4, 9}},
	{"nn.Conv3d(2, 3, (2, 3, 1), stride=(1, 2, 1), padding=1)", func() nn.Layer { return nn.NewConv3d(2, 3, [3]int{2, 3, 1}, nn.Stride(1, 2, 1), nn.Padding(1)) }, []int64{2, 2, 4, 5, 6}},
	{"nn.Conv3d(2, 4, 2, padding=1, padding_mode='reflect', groups=2)", func() nn.Layer { return nn.NewConv3d(2, 4, 2, nn.Padding(1), nn.PaddingMode("reflect"), nn.Groups(2)) }, []int64{2, 2, 4, 5, 6}},
	{"nn.ConvTranspose1d(4, 6, 3)", func() nn.Layer { return nn.NewConvTranspose1d(4, 6, 3) }, []int64{2, 4, 5}},
	{"nn.ConvTranspose1d(4, 6, 3, 2, 1, 1, groups=2, bias=False, dilation=2)", func() nn.Layer {
		return nn.NewConvTranspose1d(4, 6, 3, nn.Stride(2), nn.Padding(1), nn.OutputPadding(1), nn.Groups(2), nn.Bias(false), nn.Dilation(2))
	}, []int64{4, 5}},
	{"nn.ConvTranspose2d(3, 4, (3, 2), stride=(2, 3), output_padding=(1, 2))", func() nn.Layer {
		return nn.NewConvTranspose2d(3, 4, [2]int{3, 2}, nn.Stride(2, 3), nn.OutputPadding(1, 2))
	}, []int64{2, 3, 4, 5}},
	{"nn.ConvTranspose3d(2, 3, 3, stride=2, padding=1)", func() nn.Layer { return nn.NewConvTranspose3d(2, 3, 3, nn.Stride(2), nn.Padding(1)) }, []int64{2, 2, 3, 4, 2}},
	{"nn.ConvTranspose2d(4, 6, 3, groups=2, dilation=2, bias=False)", func() nn.Layer {
		return nn.NewConvTranspose2d(4, 6, 3, nn.Groups(2), nn.Dilation(2), nn.Bias(false))
	}, []int64{4, 5, 4}},
	{"nn.ConvTranspose3d(2, 4, (1, 2, 3), stride=(1, 2, 2), output_padding=(0, 1, 0), groups=2, bias=False)", func() nn.Layer {
		return nn.NewConvTranspose3d(2, 4, [3]int{1, 2, 3}, nn.Stride(1, 2, 2), nn.OutputPadding(0, 1, 0), nn.Groups(2), nn.Bias(false))
	}, []int64{2, 3, 4, 2}},
}

func TestOutputSizesOfTransposedConvolutions(t *testing.T) {
	py := parity.Run(t, `
		torch.manual_seed(1)
		m = nn.ConvTranspose2d(1, 1, 3, stride=3)
		out["y"] = m(torch.ones(1, 1, 2, 2), output_size=[7, 8])
		out["full"] = m(torch.ones(1, 2, 2), [1, 7, 8])
	`)
	torch.ManualSeed(1)
	m := nn.NewConvTranspose2d(1, 1, 3, nn.Stride(3))
	py.EqualTensor("y", m.ForwardOutputSize(torch.Ones([]int64{1, 1, 2, 2}), 7, 8))
	py.EqualTensor("full", m.ForwardOutputSize(torch.Ones([]int64{1, 2, 2}), 1, 7, 8))
	for _, c := range []struct {
		python string
		golang func()
	}{
		{"nn.ConvTranspose2d(1, 1, 3, stride=3)(torch.ones(1, 1, 2, 2), [9, 7])", func() {
			m.ForwardOutputSize(torch.Ones([]int64{1, 1, 2, 2}), 9, 7)
		}},
		{"nn.ConvTranspose2d(1, 1, 3, stride=3)(torch.ones(1, 1, 2, 2), [9])", func() {
			m.ForwardOutputSize(torch.Ones([]int64{1, 1, 2, 2}), 9)
		}},
		{"nn.ConvTranspose2d(1, 1, 3, padding_mode='reflect')", func() { nn.NewConvTranspose2d(1, 1, 3, nn.PaddingMode("reflect")) }},
		{"nn.Conv1d(4, 6, 3, groups=3)", func() { nn.NewConv1d(4, 6, 3, nn.Groups(3)) }},
	} {
		py := parity.RunError(t, c.python)
		err, ok := torch.Try(c.golang).(*torch.Error)
		if assert.True(t, ok) {
			assert.Equal(t, py.Error.Type, err.Kind)
			assert.Equal(t, py.Error.Message, err.Message)
		}
	}
}
