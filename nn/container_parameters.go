package nn

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/wangkuiyi/gotorch/torch"
)

// ParameterList is a list of parameters, Python's nn.ParameterList. Tensors that
// are put into it become parameters.
type ParameterList struct{ Module }

// NewParameterList returns a [ParameterList] of these tensors.
func NewParameterList(values ...*torch.Tensor) *ParameterList {
	l := &ParameterList{}
	l.Init(l)
	return l.Extend(values...)
}

// asParameter is t, or a parameter that shares its data.
func asParameter(t *torch.Tensor) *torch.Tensor {
	if t == nil || t.IsParameter() {
		return t
	}
	return NewParameter(t)
}

// Len returns the number of parameters.
func (l *ParameterList) Len() int { return len(l.parameters) }

// At returns a parameter; negative indices count from the end. Python's l[i].
func (l *ParameterList) At(index int) *torch.Tensor { return l.parameters[l.position(index)].tensor }

// Set replaces a parameter, Python's l[i] = value.
func (l *ParameterList) Set(index int, value *torch.Tensor) {
	l.RegisterParameter(strconv.Itoa(l.position(index)), asParameter(value))
}

func (l *ParameterList) position(index int) int {
	n := len(l.parameters)
	if index < -n || index >= n {
		raise("IndexError", "index %d is out of range", index)
	}
	return (index + n) % n
}

// Slice returns a list of the parameters from start to end, end excluded, with the
// meaning that these have in [Sequential.Slice]. Python's l[start:end].
func (l *ParameterList) Slice(start, end int) *ParameterList {
	return NewParameterList(sliced(l.Values(), start, end)...)
}

// Values returns the parameters in order.
func (l *ParameterList) Values() []*torch.Tensor { return tensorsOf(l.parameters) }

func tensorsOf(named []registered) []*torch.Tensor {
	list := make([]*torch.Tensor, len(named))
	for i, p := range named {
		list[i] = p.tensor
	}
	return list
}

// All yields the parameters in order.
func (l *ParameterList) All() iter.Seq2[int, *torch.Tensor] { return slices.All(l.Values()) }

// Append adds a parameter at the end, and returns l.
func (l *ParameterList) Append(value *torch.Tensor) *ParameterList { return l.Extend(value) }

// Extend adds parameters at the end, and returns l.
func (l *ParameterList) Extend(values ...*torch.Tensor) *ParameterList {
	for _, value := range values {
		l.RegisterParameter(strconv.Itoa(l.Len()), asParameter(value))
	}
	return l
}

// ExtraRepr returns the dtypes and sizes.
func (l *ParameterList) ExtraRepr() string {
	return describe(l.parameters, func(p *torch.Tensor) string { return p.DType().String() })
}

// describe lists parameters as containers of them are printed.
func describe(named []registered, kind func(*torch.Tensor) string) string {
	var lines []string
	for _, p := range named {
		lines = append(lines, fmt.Sprintf("  (%s): %s", p.key, describeOne(p.tensor, kind)))
	}
	return strings.Join(lines, "\n")
}

func describeOne(p *torch.Tensor, kind func(*torch.Tensor) string) string {
	if p == nil {
		return "Object of type: NoneType"
	}
	size, device := strings.ReplaceAll(strings.Trim(fmt.Sprint(p.Shape()), "[]"), " ", "x"), ""
	if p.IsCuda() {
		device = fmt.Sprintf(" (%s)", p.Device())
	}
	return fmt.Sprintf("Parameter containing: [%s of size %s%s]", kind(p), size, device)
}

// ParameterDict holds parameters by name, in the order in which they were set.
// Python's nn.ParameterDict. Tensors that are put into it become parameters:
//
//	params := nn.NewParameterDict().
//		Set("left", torch.Randn([]int64{5, 10})).
//		Set("right", torch.Randn([]int64{5, 10}))
//	x = torch.Mm(params.At("left"), x)
type ParameterDict struct{ Module }

// NewParameterDict returns an empty [ParameterDict].
func NewParameterDict() *ParameterDict {
	d := &ParameterDict{}
	d.Init(d)
	return d
}

// Fromkeys returns a new dictionary with one value, which may be nil, for all keys.
func (d *ParameterDict) Fromkeys(keys []string, value *torch.Tensor) *ParameterDict {
	all := NewParameterDict()
	for _, key := range keys {
		all.Set(key, value)
	}
	return all
}

// Set stores a tensor: in the place that the key has, or else at the end. It
// returns d. A key with a dot, or an empty one, panics.
func (d *ParameterDict) Set(key string, value *torch.Tensor) *ParameterDict {
	if key != "training" { // an assignment, as which Python does this, may replace that
		refuseReserved(key)
	}
	d.registerParameter(key, asParameter(value))
	return d
}

func (d *ParameterDict) find(key string) int {
	return indexOf(d.parameters, key)
}

// At returns the parameter with this key, Python's d[key]. If there is none it
// panics with an AttributeError.
func (d *ParameterDict) At(key string) *torch.Tensor {
	i := d.find(key)
	if i < 0 {
		raise("AttributeError", "'ParameterDict' object has no attribute '%s'", key)
	}
	return d.parameters[i].tensor
}

// Get returns the parameter with this key, or else the default, which is nil
// unless given.
func (d *ParameterDict) Get(key string, value ...*torch.Tensor) *torch.Tensor {
	switch {
	case d.Has(key):
		return d.At(key)
	case len(value) > 0:
		return value[0]
	}
	return nil
}

// Setdefault returns the parameter with this key, which it sets to value if there
// is none.
func (d *ParameterDict) Setdefault(key string, value *torch.Tensor) *torch.Tensor {
	if !d.Has(key) {
		d.Set(key, value)
	}
	return d.At(key)
}

// Has reports whether there is a parameter with this key, Python's key in d.
func (d *ParameterDict) Has(key string) bool { return d.find(key) >= 0 }

// Len returns the number of parameters.
func (d *ParameterDict) Len() int { return len(d.parameters) }

// Delete removes a key, Python's del d[key]. If there is none it panics with a
// KeyError.
func (d *ParameterDict) Delete(key string) {
	i := d.find(key)
	if i < 0 {
		raise("KeyError", "'%s'", key)
	}
	d.parameters = slices.Delete(d.parameters, i, i+1)
}

// Pop removes a key and returns its parameter. If there is none it panics with an
// AttributeError.
func (d *ParameterDict) Pop(key string) *torch.Tensor {
	p := d.At(key)
	d.Delete(key)
	return p
}

// Popitem removes the key that was set last, and returns it and its parameter. If
// there is none it panics with a KeyError.
func (d *ParameterDict) Popitem() (key string, value *torch.Tensor) {
	if d.Len() == 0 {
		raise("KeyError", "popitem(): dictionary is empty")
	}
	last := d.parameters[d.Len()-1]
	d.Delete(last.key)
	return last.key, last.tensor
}

// Clear removes all parameters.
func (d *ParameterDict) Clear() { d.parameters = nil }

// Copy returns a dictionary of the same parameters.
func (d *ParameterDict) Copy() *ParameterDict { return NewParameterDict().Update(d) }

// Keys returns the keys in order.
func (d *ParameterDict) Keys() []string {
	keys := make([]string, d.Len())
	for i, p := range d.parameters {
		keys[i] = p.key
	}
	return keys
}

// Values returns the parameters in order.
func (d *ParameterDict) Values() []*torch.Tensor { return tensorsOf(d.parameters) }

// All yields the keys and parameters in order, Python's items.
func (d *ParameterDict) All() iter.Seq2[string, *torch.Tensor] {
	return func(yield func(string, *torch.Tensor) bool) {
		for _, p := range d.parameters {
			if !yield(p.key, p.tensor) {
				return
			}
		}
	}
}

// Update sets what other has, and returns d. Python's update and |=.
func (d *ParameterDict) Update(other *ParameterDict) *ParameterDict {
	for key, p := range other.All() {
		d.Set(key, p)
	}
	return d
}

// ExtraRepr returns the types and sizes.
func (d *ParameterDict) ExtraRepr() string { return describe(d.parameters, typename) }
