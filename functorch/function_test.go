package functorch_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/functorch"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// Twice is a function of autograd's in Go.
type Twice struct{}

func (Twice) Forward(ctx *autograd.FunctionCtx, inputs ...*torch.Tensor) []*torch.Tensor {
	return []*torch.Tensor{inputs[0].Mul(2)}
}

func (Twice) Backward(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	return []*torch.Tensor{grads[0].Mul(2)}
}

// Functions without a rule for vmap are refused there, in PyTorch's words.
func TestVmapRefusesFunctions(t *testing.T) {
	py := parity.RunError(t, `
		class Twice(torch.autograd.Function):
			@staticmethod
			def forward(x):
				return x * 2
			@staticmethod
			def setup_context(ctx, inputs, output):
				pass
			@staticmethod
			def backward(ctx, grad):
				return grad * 2
		torch.vmap(Twice.apply)(torch.ones(3))
	`)
	double := functorch.Vmap(func(x *torch.Tensor) *torch.Tensor { return autograd.Apply1(Twice{}, x) })
	err := torch.Try(func() { double(torch.Ones([]int64{3})) })
	if assert.Error(t, err) {
		assert.Equal(t, py.Error.Message, err.(*torch.Error).Message)
	}
}
