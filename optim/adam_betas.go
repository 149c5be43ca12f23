package optim

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// What betas that are tensors change in a step of Adam.

func (h *adamStep) tensorBetas() bool { return h.beta1.Tensor != nil || h.beta2.Tensor != nil }

// checkTensors refuses betas that are tensors where all parameters are updated at
// once, unless the step is capturable.
func (h *adamStep) checkTensors() {
	for i, beta := range []number{h.beta1, h.beta2} {
		if beta.Tensor != nil && !h.capturable {
			panic(torch.NewError("ValueError", "beta%d as a Tensor is not supported for capturable=False and foreach=True", i+1))
		}
	}
}

// average moves the running averages of the gradients and of their squares.
func (h *adamStep) average(k kernels, expAvgs, expAvgSqs, grads list) {
	_, each := k.(eachTensor)
	switch {
	case !h.tensorBetas():
		k.lerp_(expAvgs, grads, 1-h.beta1.Value)
		k.mul_(expAvgSqs, h.beta2.Value)
		k.addcmul_(expAvgSqs, grads, grads, 1-h.beta2.Value)
	case each:
		h.averageEach(expAvgs[0], expAvgSqs[0], grads[0])
	default:
		k.lerp_(expAvgs, grads, num(1).Sub(h.beta1).Float())
		torch.ForeachMul_(expAvgSqs, h.beta2.Any())
		scaled := torch.ForeachMul(grads, num(1).Sub(h.beta2).Any())
		k.addcmul_(expAvgSqs, scaled, grads, 1)
		free(scaled)
	}
}

func (h *adamStep) averageEach(expAvg, expAvgSq, grad *torch.Tensor) {
	beta1 := h.beta1
	if beta1.Tensor != nil {
		beta1.Tensor = beta1.Tensor.To(expAvg.Device(), expAvg.DType())
	}
	expAvg.Lerp_(grad, num(1).Sub(beta1).Any())
	rest := num(1).Sub(h.beta2)
	if h.differentiable && rest.Tensor != nil && rest.Tensor.RequiresGrad() {
		expAvgSq.Lerp_(torch.Square(grad), rest.Tensor)
		return
	}
	expAvgSq.Mul_(h.beta2.Any()).Addcmul_(grad, grad, torch.Value(rest.Float()))
}

// descendByTensors is descend for one parameter.
func (h *adamStep) descendByTensors(param, expAvg, expAvgSq, step *torch.Tensor) {
	t := num(step.Item())
	size := h.lr.Div(num(1).Sub(powerOf(h.beta1, t)))
	root := num(1).Sub(powerOf(h.beta2, t)).Pow(0.5)
	denominator := expAvgSq.Sqrt().Div(root.Any()).Add_(h.eps)
	param.Addcdiv_(expAvg, denominator, torch.Value(size.Neg().Float()))
}

// power returns a beta raised to a step. What beta's gradient needs of the step is
// not to change later.
func (h *adamStep) power(beta number, step *torch.Tensor) *torch.Tensor {
	if h.differentiable && beta.Tensor != nil && beta.Tensor.RequiresGrad() {
		step = step.Clone()
	}
	return torch.Pow(beta.Any(), step)
}
