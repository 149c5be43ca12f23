package optim

import (
	"iter"
	"maps"
	"reflect"
	"slices"

	"github.com/wangkuiyi/gotorch/optim/internal/scalar"
	"github.com/wangkuiyi/gotorch/torch"
)

// Params is what an optimizer can be made of: parameters, parameters with their
// names, or groups of parameters with options of their own.
type Params[O Option] interface {
	[]*torch.Tensor | iter.Seq[*torch.Tensor] | iter.Seq2[string, *torch.Tensor] | []Group[O]
}

// A Group is parameters with options of their own, where the optimizer is made.
// What Options does not set is as for the whole optimizer. In Python it is a
// dict: {"params": ..., "lr": 1e-3}.
type Group[O Option] struct {
	Params  []*torch.Tensor
	Names   []string // of the parameters, or nil
	Options []O
}

// The groups of the optimizers.
type (
	AdadeltaGroup   = Group[AdadeltaOption]
	AdafactorGroup  = Group[AdafactorOption]
	AdagradGroup    = Group[AdagradOption]
	AdamGroup       = Group[AdamOption]
	AdamaxGroup     = Group[AdamaxOption]
	AdamWGroup      = Group[AdamWOption]
	ASGDGroup       = Group[ASGDOption]
	LBFGSGroup      = Group[LBFGSOption]
	MuonGroup       = Group[MuonOption]
	NAdamGroup      = Group[NAdamOption]
	RAdamGroup      = Group[RAdamOption]
	RMSpropGroup    = Group[RMSpropOption]
	RpropGroup      = Group[RpropOption]
	SGDGroup        = Group[SGDOption]
	SparseAdamGroup = Group[SparseAdamOption]
)

// groupsOf turns what a constructor was given into groups.
func groupsOf[O Option, P Params[O]](params P) []Group[O] {
	var group Group[O]
	switch p := any(params).(type) {
	case []Group[O]:
		return p
	case []*torch.Tensor:
		group.Params = p
	case iter.Seq[*torch.Tensor]:
		group.Params = slices.Collect(p)
	case iter.Seq2[string, *torch.Tensor]:
		for name, param := range p {
			group.Names = append(group.Names, name)
			group.Params = append(group.Params, param)
		}
	}
	if len(group.Params) == 0 {
		return nil
	}
	return []Group[O]{group}
}

// A ParamGroup is the parameters that an optimizer updates with the same
// options, an element of Python's optimizer.param_groups. Changes to it hold
// from the next step on.
type ParamGroup struct {
	Params []*torch.Tensor
	Names  []string // of the parameters, or nil: Python's "param_names"
	values
}

// LR returns the learning rate.
func (g *ParamGroup) LR() float64 { return g.float("lr") }

// SetLR changes the learning rate. A learning rate that is a tensor is filled
// with the number.
func (g *ParamGroup) SetLR(lr float64) { g.Put("lr", lr) }

// Set changes options: group.Set(optim.LR(0.1)) is Python's group["lr"] = 0.1.
// An option that the optimizer does not have panics.
func (g *ParamGroup) Set(opts ...Option) {
	for _, o := range opts {
		s := o.option()
		if _, ok := g.byName[s.name]; !ok {
			panic(torch.NewError("KeyError", "'%s'", s.name))
		}
		g.set(s.name, s.value)
	}
}

// Get returns the value that the group has under a name, Python's group[name]:
// an int64, a float64, a bool, a string, a [2]float64 (the betas), a [2]any
// (other pairs), a [3]float64, a *torch.Tensor, or nil for None. ok tells
// whether there is one.
func (g *ParamGroup) Get(name string) (value any, ok bool) {
	value, ok = g.byName[name]
	return value, ok
}

// Put stores a value under a name, as learning rate schedulers do for what they
// remember. An option's value must be of a type that it can have; a number is
// filled into a tensor that is there.
func (g *ParamGroup) Put(name string, value any) {
	value = normalize(value)
	switch before := g.byName[name].(type) {
	case *torch.Tensor:
		if _, ok := value.(*torch.Tensor); !ok {
			before.Fill_(value)
			return
		}
	case int64, float64:
		if !isNumber(value) {
			panic(torch.NewError("TypeError", "'%s' must be a number, not %T", name, value))
		}
	case bool, [2]float64, [3]float64:
		if reflect.TypeOf(before) != reflect.TypeOf(value) {
			panic(torch.NewError("TypeError", "'%s' must be a %T, not %T", name, before, value))
		}
	}
	g.set(name, value)
}

// values are named values in the order in which they were first set.
type values struct {
	names  []string
	byName map[string]any
}

func newValues(settings ...setting) values {
	v := values{byName: make(map[string]any, len(settings))}
	for _, s := range settings {
		v.set(s.name, s.value)
	}
	return v
}

func (v *values) set(name string, value any) {
	if _, ok := v.byName[name]; !ok {
		v.names = append(v.names, name)
	}
	v.byName[name] = value
}

// setDefault sets a value if there is none.
func (v *values) setDefault(name string, value any) {
	if _, ok := v.byName[name]; !ok {
		v.set(name, value)
	}
}

func (v *values) clone() values { return values{slices.Clone(v.names), maps.Clone(v.byName)} }

// float returns a value that is a number, or a tensor of one element.
func (v *values) float(name string) float64 {
	switch n := v.byName[name].(type) {
	case float64:
		return n
	case int64:
		return float64(n)
	case *torch.Tensor:
		return n.Item()
	}
	panic(v.unusable(name, "a number"))
}

// unusable is the error of a value that is missing, or is not what is wanted.
func (v *values) unusable(name, wanted string) error {
	if value, ok := v.byName[name]; ok {
		return torch.NewError("TypeError", "'%s' must be %s, not %T", name, wanted, value)
	}
	return torch.NewError("KeyError", "'%s'", name)
}

// pair returns a value that is two numbers.
func (v *values) pair(name string) (first, second float64) {
	switch p := v.byName[name].(type) {
	case [2]float64:
		return p[0], p[1]
	case [2]any:
		return scalar.From(p[0]).Value, scalar.From(p[1]).Value
	}
	panic(v.unusable(name, "two numbers"))
}

// triple returns a value that is three numbers.
func (v *values) triple(name string) [3]float64 {
	if t, ok := v.byName[name].([3]float64); ok {
		return t
	}
	panic(v.unusable(name, "three numbers"))
}

// integer returns a value that is an integer.
func (v *values) integer(name string) int { return int(v.float(name)) }

// text returns a value that is a string; None is "".
func (v *values) text(name string) string {
	s, _ := v.byName[name].(string)
	return s
}

// flag returns a value that is a bool; None is false.
func (v *values) flag(name string) bool {
	on, _ := v.byName[name].(bool)
	return on
}

// isNone reports whether a value is missing or None.
func (v *values) isNone(name string) bool { return v.byName[name] == nil }

func isNumber(value any) bool {
	switch value.(type) {
	case int64, float64, *torch.Tensor:
		return true
	}
	return false
}
