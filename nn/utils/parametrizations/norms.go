package parametrizations

import (
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/nn/utils"
	"github.com/wangkuiyi/gotorch/nn/utils/parametrize"
	"github.com/wangkuiyi/gotorch/torch"
)

// weightNorm computes a weight from its norm and its direction.
type weightNorm struct {
	nn.Module
	dim int64
}

// Forward returns g * v / ‖v‖.
func (n *weightNorm) Forward(originals ...*torch.Tensor) *torch.Tensor {
	return torch.WeightNorm(originals[1], originals[0], n.dim)
}

// RightInverse returns norm and direction.
func (n *weightNorm) RightInverse(weight *torch.Tensor) []*torch.Tensor {
	return []*torch.Tensor{torch.NormExceptDim(weight, torch.WithPow(2), torch.Dim(n.dim)), weight}
}

// WeightNorm expresses a parameter as g * v / ‖v‖: its norm, original0, and its
// direction, original1, become parameters of their own. State dictionaries of
// [utils.WeightNorm] can be loaded. It returns the module. Python's
// parametrizations.weight_norm.
func WeightNorm[M nn.AnyModule](module M, opts ...utils.WeightNormOption) M {
	name, n := "weight", named(&weightNorm{}, "_WeightNorm")
	for _, o := range opts {
		switch o := o.(type) {
		case Name:
			name = string(o)
		case Dim:
			n.dim = int64(o)
		}
	}
	parametrize.RegisterMultiParametrization(module, name, n, parametrize.Unsafe(true))
	module.AsModule().RegisterLoadStateDictPreHook(
		func(_ nn.AnyModule, state *nn.StateDict, prefix string, _ *nn.LoadReport) {
			g, v := prefix+name+"_g", prefix+name+"_v"
			if state.Has(g) && state.Has(v) {
				state.Set(prefix+"parametrizations."+name+".original0", state.Get(g))
				state.Set(prefix+"parametrizations."+name+".original1", state.Get(v))
				state.Delete(g)
				state.Delete(v)
			}
		})
	return module
}

// spectralNorm divides a weight by its largest singular value, which the power
// method approximates: buffers _u and _v are the singular vectors.
type spectralNorm struct {
	nn.Module
	dim        int64
	iterations int
	eps        float64
}

// SpectralNorm divides a parameter, as a matrix, by its largest singular value.
// Each forward pass of the training takes a step of the power method towards
// that. It returns the module. Python's parametrizations.spectral_norm.
func SpectralNorm[M nn.AnyModule](module M, opts ...utils.SpectralNormOption) M {
	name, n := "weight", named(&spectralNorm{iterations: 1, eps: 1e-12}, "_SpectralNorm")
	if _, ok := nn.AnyModule(module).(interface{ AsConvTranspose() *nn.ConvTransposeNd }); ok {
		n.dim = 1
	}
	for _, o := range opts {
		switch o := o.(type) {
		case Name:
			name = string(o)
		case NPowerIterations:
			n.iterations = int(o)
		case Eps:
			n.eps = float64(o)
		case Dim:
			n.dim = int64(o)
		}
	}
	n.setUp(requireTensor(module, name))
	return parametrize.RegisterParametrization(module, name, n)
}

func (n *spectralNorm) setUp(weight *torch.Tensor) {
	dims := weight.Dim()
	if n.dim >= dims || n.dim < -dims {
		raise("IndexError", "Dimension out of range (expected to be in range of [-%d, %d] but got %d)", dims, dims-1, n.dim)
	}
	if n.iterations <= 0 {
		raise("ValueError", "Expected n_power_iterations to be positive, but got n_power_iterations=%d", n.iterations)
	}
	if n.dim < 0 {
		n.dim += dims
	}
	if dims == 1 {
		return
	}
	torch.NoGrad(func() {
		matrix := n.matrix(weight)
		u := matrix.NewEmpty([]int64{matrix.Size(0)}).Normal_(0, 1)
		v := matrix.NewEmpty([]int64{matrix.Size(1)}).Normal_(0, 1)
		n.RegisterBuffer("_u", n.normalize(u))
		n.RegisterBuffer("_v", n.normalize(v))
		n.iterate(matrix, 15)
	})
}

func (n *spectralNorm) normalize(t *torch.Tensor, opts ...functional.NormalizeOption) *torch.Tensor {
	return functional.Normalize(t, append(opts, functional.Dim(0), functional.Eps(n.eps))...)
}

// matrix returns the weight as a matrix with a row for each output.
func (n *spectralNorm) matrix(weight *torch.Tensor) *torch.Tensor {
	if n.dim != 0 {
		order := []int64{n.dim}
		for d := range weight.Dim() {
			if d != n.dim {
				order = append(order, d)
			}
		}
		weight = weight.Permute(order...)
	}
	return weight.Flatten(torch.StartDim(1))
}

// iterate takes steps of the power method.
func (n *spectralNorm) iterate(matrix *torch.Tensor, steps int) {
	torch.NoGrad(func() {
		u, v := n.GetBuffer("_u"), n.GetBuffer("_v")
		for range steps {
			n.normalize(torch.Mv(matrix, v), functional.Out(u))
			n.normalize(torch.Mv(matrix.H(), u), functional.Out(v))
		}
	})
}

// Forward returns the weight divided by its largest singular value. It computes
// from copies of the vectors, for backward passes after further steps.
func (n *spectralNorm) Forward(weight *torch.Tensor) *torch.Tensor {
	if weight.Dim() == 1 {
		return n.normalize(weight)
	}
	matrix := n.matrix(weight)
	if n.Training() {
		n.iterate(matrix, n.iterations)
	}
	u, v := n.GetBuffer("_u").Clone(torch.ContiguousFormat), n.GetBuffer("_v").Clone(torch.ContiguousFormat)
	return weight.Div(torch.Vdot(u, torch.Mv(matrix, v)))
}

// RightInverse returns value, though it may have another norm: it is allowed to
// be assigned.
func (n *spectralNorm) RightInverse(value *torch.Tensor) *torch.Tensor { return value }
