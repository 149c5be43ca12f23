package prune

import (
	"slices"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// A BasePruningMethod says which elements of a tensor stay. Python's
// BasePruningMethod.
type BasePruningMethod interface {
	// PruningType says what a further method sees of a tensor that is pruned:
	// "unstructured", what is left of the elements; "structured", what is left of
	// the channels along a dimension (see [StructuredMethod]); or "global", all.
	PruningType() string
	// ComputeMask returns a mask of 1 for elements that stay and 0 for others,
	// which are at least those where defaultMask is 0. It may change neither
	// argument.
	ComputeMask(t, defaultMask *torch.Tensor) *torch.Tensor
}

// A StructuredMethod is a method of type "structured".
type StructuredMethod interface {
	BasePruningMethod
	Dim() int64 // along which the channels lie
}

// An ImportanceScoresOption is the option that [ImportanceScores] returns.
type ImportanceScoresOption struct{ scores *torch.Tensor }

// ImportanceScores has elements pruned by these numbers, of the parameter's shape,
// rather than by the parameter itself.
func ImportanceScores(scores *torch.Tensor) ImportanceScoresOption {
	return ImportanceScoresOption{scores}
}

// scoresFor returns the scores that an option gives for t, or t.
func scoresFor(t *torch.Tensor, opts []ImportanceScoresOption, what string) *torch.Tensor {
	if len(opts) == 0 || opts[0].scores == nil {
		return t
	}
	scores := opts[0].scores
	if !slices.Equal(scores.Shape(), t.Shape()) {
		raise("AssertionError", "importance_scores should have the same shape as %s, got %s vs %s",
			what, pytext.Size(scores.Shape()), pytext.Size(t.Shape()))
	}
	return scores
}

// pruning owns the hook of a parameter that is pruned.
type pruning struct {
	name   string
	method BasePruningMethod
}

// Apply prunes a parameter of a module by a method, and returns the module. If it
// is pruned already, both methods apply: see [PruningContainer]. Python's
// BasePruningMethod.apply.
func Apply[M nn.AnyModule](module M, name string, method BasePruningMethod, opts ...ImportanceScoresOption) M {
	m := module.AsModule()
	p := &pruning{name, method}
	first := true
	if old := find(m, name); old != nil {
		m.RemoveOwnedHooks(old, option.Marker{})
		container, ok := old.method.(*PruningContainer)
		if !ok {
			container = NewPruningContainer(old.method)
		}
		container.AddPruningMethod(method)
		p.method, first = container, false
	}
	orig := requireTensor(m, name)
	scores := scoresFor(orig, opts, "parameter "+name+" of "+module.String())
	var mask *torch.Tensor
	if first {
		m.RegisterParameter(name+"_orig", orig)
		m.DeleteMember(name)
		mask = torch.OnesLike(orig)
	} else {
		mask = requireTensor(m, name+"_mask").Detach().Clone(torch.ContiguousFormat)
	}
	err := torch.Try(func() {
		m.RegisterBuffer(name+"_mask", p.method.ComputeMask(scores, mask))
		m.SetTensor(name, p.masked(m))
	})
	if err != nil {
		if first {
			m.RegisterParameter(name, orig)
			m.DeleteMember(name + "_orig")
		}
		panic(err)
	}
	m.RegisterOwnedHooks(nn.OwnedHooks{Owner: p, ForwardPre: p.forwardPre}, option.Marker{})
	return module
}

func find(m *nn.Module, name string) *pruning {
	for _, owner := range m.HookOwners(option.Marker{}) {
		if p, ok := owner.(*pruning); ok && p.name == name {
			return p
		}
	}
	return nil
}

func requireTensor(m *nn.Module, name string) *torch.Tensor {
	t, ok := m.GetTensor(name)
	if !ok {
		raise("AttributeError", "'%s' object has no attribute '%s'", m.Name(option.Marker{}), name)
	}
	return t
}

// masked returns the pruned parameter.
func (p *pruning) masked(m *nn.Module) *torch.Tensor {
	mask, orig := requireTensor(m, p.name+"_mask"), requireTensor(m, p.name+"_orig")
	return mask.To(orig.DType()).Mul(orig)
}

func (p *pruning) forwardPre(module nn.AnyModule, _ []*torch.Tensor) []*torch.Tensor {
	m := module.AsModule()
	m.SetTensor(p.name, p.masked(m))
	return nil
}

// Prune returns t with elements set to zero, without a module. A mask that is not
// nil says which are zero already. Python's BasePruningMethod.prune.
func Prune(method BasePruningMethod, t, defaultMask *torch.Tensor, opts ...ImportanceScoresOption) *torch.Tensor {
	scores := scoresFor(t, opts, "tensor t")
	if defaultMask == nil {
		defaultMask = torch.OnesLike(t)
	}
	return t.Mul(method.ComputeMask(scores, defaultMask))
}

// Remove makes a pruned parameter an ordinary one, with its zeros, and returns the
// module. Python's prune.remove.
func Remove[M nn.AnyModule](module M, name string) M {
	m := module.AsModule()
	p := find(m, name)
	if p == nil {
		raise("ValueError", "Parameter '%s' of module %s has to be pruned before pruning can be removed", name, module)
	}
	weight, orig := p.masked(m), requireTensor(m, name+"_orig")
	orig.SetData(weight)
	for _, suffix := range []string{"", "_orig", "_mask"} {
		m.DeleteMember(name + suffix)
	}
	m.SetTensor(name, orig)
	m.RemoveOwnedHooks(p, option.Marker{})
	return module
}

// IsPruned reports whether a parameter of the module, or of one below, is pruned.
// Python's prune.is_pruned.
func IsPruned(module nn.AnyModule) bool {
	return slices.ContainsFunc(module.Modules(), func(m nn.AnyModule) bool {
		return slices.ContainsFunc(m.AsModule().HookOwners(option.Marker{}), func(owner any) bool {
			_, ok := owner.(*pruning)
			return ok
		})
	})
}
