package torch

import "slices"

// DimOrder returns t's dimensions in the order in which they lie in memory, from
// the outermost: Python's t.dim_order(). A contiguous tensor's is 0, 1, 2, ...
//
// With [AmbiguityCheck] it panics if several orders fit. With memory formats as
// options, too, it panics unless t is contiguous in exactly one of them.
func (t *Tensor) DimOrder(opts ...DimOrderOption) []int {
	if t.IsSparse() {
		refuse(valueErrorKind, "Can't get dim order on sparse type: %s Use Tensor.to_dense() to convert to a dense tensor first.", t.Layout())
	}
	var formats []MemoryFormat
	check := false
	for _, o := range opts {
		switch o := o.(type) {
		case AmbiguityCheckArg:
			check = bool(o)
		case MemoryFormat:
			formats = append(formats, o)
		}
	}
	s := strided{t.Shape(), t.Stride()}
	if (check || len(formats) > 0) && s.ambiguous() && t.fits(formats) != 1 {
		refuse(runtimeErrorKind, "The tensor does not have unique dim order, or cannot map to exact one of the given memory formats.")
	}
	order, sure := s.order(t.IsContiguous(), t.isContiguousAs(ChannelsLast))
	if !sure && (check || len(formats) > 0) {
		refuse(runtimeErrorKind, "The tensor does not have unique dim order.")
	}
	return order
}

// fits is the number of formats in which t is contiguous.
func (t *Tensor) fits(formats []MemoryFormat) int {
	n := 0
	for _, format := range formats {
		if t.isContiguousAs(format) {
			n++
		}
	}
	return n
}

type strided struct{ size, stride []int64 }

// ambiguous reports whether there are dimensions that could change places.
func (s strided) ambiguous() bool {
	for i := 1; i < len(s.stride); i++ {
		if s.stride[i] == s.stride[i-1] {
			return true
		}
	}
	return slices.Contains(s.size, 1)
}

// order is compute_elementwise_output_logical_to_physical_perm in
// torch/_prims_common; sure tells whether no other order fits as well.
func (s strided) order(contiguous, channelsLast bool) (order []int, sure bool) {
	n := len(s.size)
	for i := range n {
		order = append(order, i)
	}
	switch {
	case n < 2, contiguous && !channelsLast:
		return order, true
	case channelsLast && !contiguous:
		return append(append([]int{0}, order[2:]...), 1), true
	}
	slices.Reverse(order) // it sorts from the innermost
	for i := 1; i < n; i++ {
		at := i
		for before := i - 1; before >= 0; before-- {
			c := s.compare(order[before], order[at])
			if c < 0 {
				break
			}
			if c > 0 {
				order[before], order[at] = order[at], order[before]
				at = before
			}
		}
	}
	sure = true
	for i := 1; i < n; i++ {
		sure = sure && s.compare(order[i-1], order[i]) < 0
	}
	slices.Reverse(order)
	return order, sure
}

// compare is negative if dimension a is inside b, positive if b is inside a, and
// 0 if both may be.
func (s strided) compare(a, b int) int {
	x, y := s.stride[a], s.stride[b]
	switch {
	case x == 0 || y == 0:
		return 0
	case x == y && covers(s.size[b], s.size[a]):
		return 0
	case x == y:
		return 1
	case covers(y, x):
		return -1
	case covers(x, y):
		return 1
	}
	return 0
}

// covers reports whether a is at least b, or a multiple of it.
func covers(a, b int64) bool {
	switch {
	case b == 0:
		return true
	case a == 0:
		return false
	}
	return a >= b || a%b == 0
}

func (t *Tensor) isContiguousAs(format MemoryFormat) bool {
	if format == ChannelsLast && t.Dim() != 4 || format == ChannelsLast3d && t.Dim() != 5 {
		return false
	}
	var f frame
	f.putTensor(t, "self")
	f.putMemoryFormat(format, "memory_format")
	f.call(entryIsContiguous)
	return f.TakeBool()
}
