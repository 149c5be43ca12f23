package autograd

import "github.com/wangkuiyi/gotorch/torch"

// checkScaled checks that gradients are zero if those of the outputs are.
func (c *checker) checkScaled(outputs []*torch.Tensor) {
	inputs := differentiable(c.inputs)
	for i, g := range torch.Grad(outputs, inputs, torch.WithGradient(zerosLike(outputs)...), torch.AllowUnused(true)) {
		x := inputs[i]
		switch {
		case g == nil:
		case !allZero(g):
			fail("backward not multiplied by grad_output")
		case g.DType() != x.DType():
			fail("grad is incorrect type")
		case g.Device() != x.Device():
			fail("grad is incorrect device")
		case !equalShapes(g, x):
			fail("grad is incorrect size")
		}
	}
}

// undefinedGrad is the identity, whose gradient is not there.
type undefinedGrad struct{}

func (undefinedGrad) Forward(_ *FunctionCtx, in ...*torch.Tensor) []*torch.Tensor {
	return []*torch.Tensor{in[0].ViewAs(in[0])}
}

func (undefinedGrad) Backward(*FunctionCtx, ...*torch.Tensor) []*torch.Tensor {
	return []*torch.Tensor{nil}
}

// checkUndefined checks that a gradient that is not there counts as zeros: that
// of all outputs, and that of each of several.
func (c *checker) checkUndefined(n int) {
	for undefined := -1; undefined < n; undefined++ {
		if n == 1 && undefined == 0 {
			return
		}
		outputs := differentiable(c.fn(c.inputs...))
		for i, y := range outputs {
			if undefined < 0 || i == undefined {
				outputs[i] = Apply1(undefinedGrad{}, y)
			}
		}
		c.supportsUndefined(outputs)
	}
}

func (c *checker) supportsUndefined(outputs []*torch.Tensor) {
	var grads []*torch.Tensor
	err := torch.Try(func() {
		grads = torch.Grad(outputs, differentiable(c.inputs), torch.WithGradient(zerosLike(outputs)...), torch.AllowUnused(true))
	})
	where := `Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"`
	if err != nil {
		warnOfUndefined()
		fail("Expected backward function to handle undefined output grads. %s", where)
	}
	for _, g := range grads {
		if g != nil && !allZero(g) {
			warnOfUndefined()
			fail("Expected all input grads to be undefined or zero when all output grads are undefined or zero. %s", where)
		}
	}
}

func warnOfUndefined() {
	torch.Warn("Backwards compatibility: New undefined gradient support checking feature is enabled by default, but it may " +
		"break existing callers of this function. If this is true for you, you can call this function with " +
		"\"check_undefined_grad=False\" to disable the feature")
}

func zerosLike(tensors []*torch.Tensor) []*torch.Tensor {
	zeros := make([]*torch.Tensor, len(tensors))
	for i, t := range tensors {
		zeros[i] = torch.Zeros(t.Shape(), t.DType(), t.Device())
	}
	return zeros
}

func allZero(t *torch.Tensor) bool { return t.Ne(0).Sum().Item() == 0 }
