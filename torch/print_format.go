package torch

import (
	"iter"
	"math"
	"strconv"
	"strings"
)

// This file turns elements into text, as _tensor_str, _Formatter and
// _tensor_str_with_formatter in PyTorch's torch/_tensor_str.py do. Where Python
// makes a tensor of each element, it fetches those that are shown at once.

// A printer prints tensors by settings that do not change meanwhile.
type printer struct {
	PrintOptions
	defaultDtype DType
}

// elements returns the text of a dense tensor's elements, with their brackets.
// Lines after the first are indented.
func (p *printer) elements(t *Tensor, indent int) string {
	numel := t.Numel()
	if numel == 0 {
		return "[]"
	}
	b := block{shape: t.Shape(), edge: math.MaxInt64, linewidth: p.Linewidth}
	if float64(numel) > p.Threshold {
		b.edge = int64(p.Edgeitems)
	}
	if op_IsZerotensor(t) {
		t = opClone(t, 0)
	}
	if b.edge > 0 || len(b.shape) == 0 { // otherwise none is shown
		b.cells = p.format(fetch(t, b.shape, 0, b.edge), t.DType())
	}
	b.write(0, indent)
	return b.out.String()
}

// elided reports whether a dimension of n elements, of which those within edge
// of either end are shown, has an ellipsis.
func elided(n, edge int64) bool { return (n-1)/2 >= edge }

// fetch returns the elements that are shown, widened. It looks at the
// dimensions from dim on.
func fetch(t *Tensor, shape []int64, dim int, edge int64) *Tensor {
	for dim < len(shape) && !elided(shape[dim], edge) {
		dim++
	}
	if dim == len(shape) {
		return widen(t)
	}
	at := int64(dim)
	first := fetch(opNarrow(t, at, 0, edge), shape, dim+1, edge)
	last := fetch(opNarrow(t, at, shape[dim]-edge, edge), shape, dim+1, edge)
	return opCat([]*Tensor{first, last}, at)
}

// widen converts to the widest dtype of the kind, so that a few Go types serve
// for all dtypes.
func widen(t *Tensor) *Tensor {
	wide := Int64
	switch d := t.DType(); {
	case d == Bool:
		return t
	case d == Uint64: // lacks operators that Int64, of the same bits, has
		return opViewDtype(t, Int64)
	case d == Float4E2m1fnX2: // two numbers in a byte; Python shows the byte
		t, wide = opViewDtype(t, Uint8), Float64
	case d.IsFloatingPoint():
		wide = Float64
	case d.IsComplex():
		wide = Complex128
	}
	return opToDtype(t, wide, false, false, 0)
}

// cells are the texts of elements, padded to stand in columns.
type cells struct {
	texts []string
	width int // of a column, by which lines are filled; a text may be wider
}

// format formats elements that widen returned; dtype is what they were before.
func (p *printer) format(t *Tensor, dtype DType) cells {
	switch {
	case dtype.IsFloatingPoint():
		return p.formatFloats(Data[float64](t), zeroOf(dtype))
	case dtype.IsComplex():
		return p.formatComplex(Data[complex128](t))
	case dtype == Bool:
		return formatAll(Data[bool](t), boolText)
	case dtype == Uint64:
		return formatAll(Data[int64](t), func(v int64) string { return strconv.FormatUint(uint64(v), 10) })
	default:
		return formatAll(Data[int64](t), func(v int64) string { return strconv.FormatInt(v, 10) })
	}
}

func boolText(v bool) string {
	if v {
		return "True"
	}
	return "False"
}

// formatAll makes the column as wide as the widest text.
func formatAll[T any](values []T, text func(T) string) cells {
	c := cells{make([]string, len(values)), 1}
	for i, v := range values {
		c.texts[i] = text(v)
		c.width = max(c.width, len(c.texts[i]))
	}
	return c.padded()
}

func (c cells) padded() cells {
	for i, text := range c.texts {
		c.texts[i] = padLeft(text, c.width)
	}
	return c
}

// formatFloats chooses one notation for all numbers: scientific, without
// decimals if all are integers, or with Precision decimals. Zeros, infinities
// and NaNs have no say, neither in that nor in the width.
func (p *printer) formatFloats(values []float64, zero float64) cells {
	text := p.notation(values, zero)
	c := cells{make([]string, len(values)), 1}
	for i, v := range values {
		c.texts[i] = text(v)
		if v != zero && isFinite(v) {
			c.width = max(c.width, len(c.texts[i]))
		}
	}
	return c.padded()
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// zeroOf returns what 0 is in a dtype. A Float8E8m0fnu is a power of two, and
// the one nearest to 0 is what PyTorch takes for 0.
func zeroOf(dtype DType) float64 {
	if dtype == Float8E8m0fnu {
		return 0x1p-127
	}
	return 0
}

func (p *printer) notation(values []float64, zero float64) (text func(float64) string) {
	smallest, largest, integers := math.Inf(1), 0.0, true
	for _, v := range values {
		if v != zero && isFinite(v) {
			smallest, largest = min(smallest, math.Abs(v)), max(largest, math.Abs(v))
			integers = integers && v == math.Ceil(v)
		}
	}
	switch {
	case largest > 0 && p.scientific(smallest, largest):
		return func(v float64) string { return scientificFloat(v, p.Precision) }
	case integers:
		return integerFloat
	default:
		return func(v float64) string { return fixedFloat(v, p.Precision) }
	}
}

// scientific reports whether numbers between these absolute values are printed
// in scientific notation.
func (p *printer) scientific(smallest, largest float64) bool {
	if p.SciMode != nil {
		return *p.SciMode
	}
	return largest/smallest > 1000 || largest > 1e8 || smallest < 1e-4
}

// integerFloat ends an integer with a point, as a sign that it is a
// floating-point number.
func integerFloat(v float64) string {
	text := fixedFloat(v, 0)
	if isFinite(v) {
		text += "."
	}
	return text
}

// formatComplex chooses the notation of real and imaginary parts apart.
func (p *printer) formatComplex(values []complex128) cells {
	re, im := make([]float64, len(values)), make([]float64, len(values))
	for i, v := range values {
		re[i], im[i] = real(v), imag(v)
	}
	c, imaginary := p.formatFloats(re, 0), p.formatFloats(im, 0)
	c.width += imaginary.width + len("j")
	for i, text := range imaginary.texts {
		text = strings.TrimLeft(text, " ")
		if text[0] != '-' {
			text = "+" + text
		}
		c.texts[i] += text + "j"
	}
	return c
}

// A block is the nested brackets of a tensor's elements.
type block struct {
	cells     // of the elements that are shown
	shape     []int64
	edge      int64 // how many elements are shown at each end of a dimension
	linewidth int

	out     strings.Builder
	written int // cells
}

// write writes the brackets of dimension dim.
func (b *block) write(dim, indent int) {
	inner := len(b.shape) - dim - 1 // how many dimensions are in this one
	switch {
	case inner < 0:
		b.out.WriteString(b.texts[0])
		return
	case inner == 0:
		b.writeRow(indent)
		return
	}
	separator := "," + strings.Repeat("\n", inner) + strings.Repeat(" ", indent+1)
	before := "["
	for ellipsis := range b.items(b.shape[dim]) {
		b.out.WriteString(before)
		before = separator
		if ellipsis {
			b.out.WriteString("...")
		} else {
			b.write(dim+1, indent+1)
		}
	}
	b.out.WriteString("]")
}

// writeRow writes the brackets of the last dimension, which may take several
// lines.
func (b *block) writeRow(indent int) {
	perLine := max(1, (b.linewidth-indent)/(b.width+len(", ")))
	newLine := ",\n" + strings.Repeat(" ", indent+1)
	before, column := "[", 0
	for ellipsis := range b.items(b.shape[len(b.shape)-1]) {
		b.out.WriteString(before)
		switch {
		case !ellipsis:
			b.out.WriteString(b.texts[b.written])
			b.written++
		case b.edge == 0:
			b.out.WriteString("...")
		default:
			b.out.WriteString(" ...")
		}
		before = ", "
		if column++; column%perLine == 0 {
			before = newLine
		}
	}
	b.out.WriteString("]")
}

// items yields, for each thing that is shown of a dimension of n elements,
// whether it is the ellipsis.
func (b *block) items(n int64) iter.Seq[bool] {
	return func(yield func(ellipsis bool) bool) {
		ends := n
		if elided(n, b.edge) {
			ends = b.edge
		}
		for range ends {
			if !yield(false) {
				return
			}
		}
		if ends == n || !yield(true) {
			return
		}
		for range ends {
			if !yield(false) {
				return
			}
		}
	}
}
