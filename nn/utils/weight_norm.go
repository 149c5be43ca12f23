package utils

import (
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// weightNorm owns the hook that computes a weight before each Forward.
type weightNorm struct {
	name string
	dim  int64
}

// WeightNorm expresses a parameter of a module as weight_g * weight_v /
// ‖weight_v‖, with two parameters in its place, of which a forward pre-hook
// computes it. It returns the module. Python's torch.nn.utils.weight_norm, which
// is deprecated in favor of parametrizations.WeightNorm.
func WeightNorm[M nn.AnyModule](module M, opts ...WeightNormOption) M {
	n := &weightNorm{name: "weight"}
	for _, o := range opts {
		switch o := o.(type) {
		case Name:
			n.name = string(o)
		case Dim:
			n.dim = int64(o)
		}
	}
	torch.WarnAs("FutureWarning", "`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.")
	m := module.AsModule()
	if findHook(m, n.name, (*weightNorm).parameterName) != nil {
		raise("RuntimeError", "Cannot register two weight_norm hooks on the same parameter %s", n.name)
	}
	weight := requireTensor(m, n.name)
	if nn.IsLazy(weight) {
		raise("ValueError", "The module passed to `WeightNorm` can't have uninitialized parameters. "+
			"Make sure to run the dummy forward before applying weight normalization")
	}
	m.DeleteMember(n.name)
	g := torch.NormExceptDim(weight, torch.WithPow(2), torch.Dim(n.dim))
	m.RegisterParameter(n.name+"_g", nn.NewParameter(g))
	m.RegisterParameter(n.name+"_v", nn.NewParameter(weight))
	m.SetTensor(n.name, n.compute(m))
	m.RegisterOwnedHooks(nn.OwnedHooks{Owner: n, ForwardPre: n.forwardPre}, option.Marker{})
	return module
}

// RemoveWeightNorm makes what [WeightNorm] computes a parameter of its own again.
// Python's torch.nn.utils.remove_weight_norm.
func RemoveWeightNorm[M nn.AnyModule](module M, opts ...Name) M {
	name, m := nameIn(opts), module.AsModule()
	n := findHook(m, name, (*weightNorm).parameterName)
	if n == nil {
		raise("ValueError", "weight_norm of '%s' not found in %s", name, module)
	}
	weight := n.compute(m)
	for _, suffix := range []string{"", "_g", "_v"} {
		m.DeleteMember(name + suffix)
	}
	m.SetTensor(name, nn.NewParameter(weight))
	m.RemoveOwnedHooks(n, option.Marker{})
	return module
}

func (n *weightNorm) parameterName() string { return n.name }

func (n *weightNorm) compute(m *nn.Module) *torch.Tensor {
	return torch.WeightNorm(requireTensor(m, n.name+"_v"), requireTensor(m, n.name+"_g"), n.dim)
}

func (n *weightNorm) forwardPre(module nn.AnyModule, _ []*torch.Tensor) []*torch.Tensor {
	m := module.AsModule()
	m.SetTensor(n.name, n.compute(m))
	return nil
}

// findHook returns the owner of type H of a module's hook for this parameter, or
// nil.
func findHook[H any](m *nn.Module, name string, nameOf func(*H) string) *H {
	for _, owner := range m.HookOwners(option.Marker{}) {
		if h, ok := owner.(*H); ok && nameOf(h) == name {
			return h
		}
	}
	return nil
}

func nameIn(opts []Name) string {
	if len(opts) > 0 {
		return string(opts[0])
	}
	return "weight"
}

func requireTensor(m *nn.Module, name string) *torch.Tensor {
	t, ok := m.GetTensor(name)
	if !ok {
		raise("AttributeError", "'%s' object has no attribute '%s'", m.Name(option.Marker{}), name)
	}
	return t
}
