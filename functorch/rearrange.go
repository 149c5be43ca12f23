package functorch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wangkuiyi/gotorch/torch"
)

// AxesLengths gives [Rearrange] the lengths of axes by their names.
type AxesLengths map[string]int64

func (a AxesLengths) rearrange(lengths AxesLengths) {
	for name, length := range a {
		lengths[name] = length
	}
}

// A RearrangeOption is an option of [Rearrange]: [AxesLengths].
type RearrangeOption interface{ rearrange(lengths AxesLengths) }

// Rearrange permutes, splits and joins the dimensions of a tensor, or of a list
// of tensors stacked along a new first one, as a pattern in the notation of
// einops says. Python's torch.func.rearrange.
//
//	functorch.Rearrange(images, "b h w c -> b c h w")  // permute
//	functorch.Rearrange(images, "b h w c -> (b h) w c") // join
//	functorch.Rearrange(images, "b (h h1) w c -> b h w (c h1)", functorch.AxesLengths{"h1": 2})
//	functorch.Rearrange(images, "b ... -> b (...)")    // flatten what follows the batch
//
// Each side of the arrow names the axes; those in parentheses make up one
// dimension, of which the length of all axes but one must be given on the left.
// The dots are the dimensions without names. A 1 on the right, or (), is a new
// dimension of length 1; on the left it is one to drop, over which the tensor is
// summed. The result is a view where its strides can say so. A tensor without
// dimensions is returned as it is.
//
// A wrong pattern panics with a ValueError, and lengths that do not fit the
// tensor with a DimensionBindError. Two patterns that Python refuses without
// need work here: one that splits the only dimension of a tensor, and one that
// has more dimensions than axes on the right and a 1 on the left.
func Rearrange[T *torch.Tensor | []*torch.Tensor](tensor T, pattern string, opts ...RearrangeOption) *torch.Tensor {
	lengths := AxesLengths{}
	for _, o := range opts {
		o.rearrange(lengths)
	}
	var input *torch.Tensor
	switch t := any(tensor).(type) {
	case *torch.Tensor:
		input = t
	case []*torch.Tensor:
		input = torch.Stack(t)
	}
	left, right := parsePattern(pattern)
	left.check(right, lengths)
	r := rearrangement{lengths: lengths, sizes: map[string][]axis{}}
	if r.prepare(left, int(input.Dim())) == 0 {
		return input
	}
	return r.run(input, left, right)
}

// An axis is a dimension after the splits, of a tensor's memory.
type axis struct{ size, stride int64 }

// A rearrangement is a call of Rearrange.
type rearrangement struct {
	lengths  AxesLengths
	ellipsis int               // the number of dimensions that the dots stand for
	first    map[string]int    // the number of each named axis, for messages
	sizes    map[string][]axis // of each name, several for the dots
	split    []axis            // all axes in the order of the left side
	dropped  []axis            // those without a name
}

// prepare numbers the axes, and returns how many there are.
func (r *rearrangement) prepare(left *expression, ndim int) (axes int) {
	named, unnamed := 0, 0
	for _, g := range left.groups {
		named += len(g.axes)
		if len(g.axes) == 0 && !g.ellipsis {
			unnamed++
		}
	}
	if left.ellipsis {
		r.ellipsis = ndim - (len(left.groups) - 1)
		if named+unnamed > ndim {
			refuseValue("Number of dimensions in pattern (%d) must be less than or equal to the number of dimensions in "+
				"the tensor (%d)", named+unnamed, ndim)
		}
	} else if len(left.groups) != ndim {
		refuseValue("Number of dimensions in pattern (%d) must be equal to the number of dimensions in the tensor (%d)",
			len(left.groups), ndim)
	}
	r.first = map[string]int{}
	for _, g := range left.groups {
		for _, name := range g.axes {
			r.first[name] = axes
			axes++
		}
		switch {
		case g.ellipsis:
			axes += r.ellipsis
		case len(g.axes) == 0:
			axes++
		}
	}
	return axes
}

func (r *rearrangement) run(input *torch.Tensor, left, right *expression) *torch.Tensor {
	sizes, strides := input.Shape(), input.Stride()
	dim, restride := 0, false
	for _, g := range left.groups {
		switch {
		case g.ellipsis:
			for range r.ellipsis {
				r.add(ellipsis, axis{sizes[dim], strides[dim]})
				dim++
			}
			continue
		case len(g.axes) == 0:
			unnamed := axis{sizes[dim], strides[dim]}
			r.split, r.dropped = append(r.split, unnamed), append(r.dropped, unnamed)
		default:
			r.bind(g.axes, axis{sizes[dim], strides[dim]})
		}
		restride = restride || len(left.groups) > 1 || len(g.axes) > 1
		dim++
	}
	output := input
	if restride {
		output = asStrided(output, r.split)
	}
	return r.assemble(output, right)
}

// add appends an axis to those with the name.
func (r *rearrangement) add(name string, a axis) {
	r.split = append(r.split, a)
	r.sizes[name] = append(r.sizes[name], a)
}

// bind splits a dimension into named axes.
func (r *rearrangement) bind(names []string, whole axis) {
	sizes := r.fit(names, whole.size)
	axes := make([]axis, len(names))
	stride := whole.stride
	for i := len(names) - 1; i >= 0; i-- {
		axes[i] = axis{sizes[i], stride}
		stride *= sizes[i]
	}
	for i, name := range names {
		r.add(name, axes[i])
	}
}

// fit returns the sizes of the named axes of a dimension; it infers one.
func (r *rearrangement) fit(names []string, size int64) []int64 {
	sizes := make([]int64, len(names))
	texts := make([]string, len(names)) // the sizes
	numbers := make([]string, len(names))
	unknown, product := -1, int64(1)
	for i, name := range names {
		numbers[i] = fmt.Sprintf("d%d", r.first[name])
		length, ok := r.lengths[name]
		if ok && length != -1 {
			sizes[i], texts[i] = length, fmt.Sprint(length)
			product *= length
			continue
		}
		if unknown >= 0 {
			refuseBind("cannot infer the sizes of two dimensions at once %s and %s", numbers[unknown], numbers[i])
		}
		unknown, texts[i] = i, "'?'"
	}
	if unknown >= 0 {
		if product == 0 {
			panic(torch.NewError("ZeroDivisionError", "integer modulo by zero"))
		}
		if size%product != 0 {
			refuseBind("inferred dimension does not evenly fit into larger dimension: %d vs %s", size, tupleText(texts))
		}
		sizes[unknown], product = size/product, size
	}
	if product != size {
		refuseBind("Dimension sizes to do not match (%d != %d) when matching dimension pack %s", size, product, tupleText(numbers))
	}
	return sizes
}

func refuseBind(format string, args ...any) {
	panic(torch.NewError("DimensionBindError", format, args...))
}

// assemble brings the split tensor's axes in the order of the right side, those
// to drop first, and joins them.
func (r *rearrangement) assemble(split *torch.Tensor, right *expression) *torch.Tensor {
	order := slices.Clone(r.dropped)
	var shape []int64
	for _, a := range order {
		shape = append(shape, a.size)
	}
	join := false
	for _, g := range right.groups {
		if g.ellipsis {
			for _, a := range r.sizes[ellipsis] {
				order, shape = append(order, a), append(shape, a.size)
			}
			continue
		}
		size := int64(1)
		for _, name := range g.axes {
			for _, a := range r.sizes[name] {
				order, size = append(order, a), size*a.size
			}
		}
		shape, join = append(shape, size), true
	}
	output := split
	if !slices.Equal(order, r.split) {
		output = asStrided(output, order)
	}
	if join {
		output = output.Reshape(shape...)
	}
	if n := len(r.dropped); n > 0 {
		dims := make([]int64, n)
		for i := range dims {
			dims[i] = int64(i)
		}
		output = output.Sum(torch.Dim(dims...))
	}
	return output
}

// asStrided is a view of the memory of t.
func asStrided(t *torch.Tensor, axes []axis) *torch.Tensor {
	sizes, strides := make([]int64, len(axes)), make([]int64, len(axes))
	for i, a := range axes {
		sizes[i], strides[i] = a.size, a.stride
	}
	return t.AsStrided(sizes, strides, torch.StorageOffset(t.StorageOffset()))
}

// setText is the text of a Python set of strings.
func setText(names []string) string {
	slices.Sort(names)
	return "{" + strings.Trim(quoted(names), "[]") + "}"
}
