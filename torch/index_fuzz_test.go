package torch_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/wangkuiyi/gotorch/torch"
)

// FuzzIndex indexes tensors of small shapes by what the bytes say. Whatever it
// is, Index must give a tensor or panic with an *Error; where the index is made
// of integers, slices, None and one Ellipsis, the elements must be those that a
// simple model selects.
func FuzzIndex(f *testing.F) {
	for _, seed := range []string{
		"", "\x22", "\x11\x00\x01", "\x23\x03\x05\x01\x02\x02", "\x33\x04\x03\x00\x09\x09", "\x23\x05\x00\x06\x01", "\x12\x07\x02\x00\x01",
		"\x33\x08\x08\x08", "\x32\x04\x04\x02\x00", "\x21\x01\x81\x02\xff\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, program []byte) {
		p := indexProgram(program)
		shape := p.shape()
		index, plain := p.index(shape)
		torch.Scope(func() { checkIndex(t, shape, index, plain) })
	})
}

func checkIndex(t *testing.T, shape []int64, index []any, plain bool) {
	n := int64(1)
	for _, size := range shape {
		n *= size
	}
	x := torch.Arange(n).View(shape...)
	var got *torch.Tensor
	err := torch.Try(func() { got = x.Index(materialize(index)...) })
	writing := torch.Try(func() { x.Clone().IndexPut_(-1, materialize(index)...) })
	if n > 0 && (err == nil) != (writing == nil) { // ATen writes nothing to an empty tensor, wherever it is
		t.Errorf("%v of shape %v: reading gives %v, writing %v", index, shape, err, writing)
	}
	if !plain {
		return
	}
	wantShape, want, ok := model(shape, index)
	if ok != (err == nil) {
		t.Fatalf("%v of shape %v: %v", index, shape, err)
	}
	var e *torch.Error
	if !ok {
		if !errors.As(err, &e) || e.Kind != "IndexError" && e.Kind != "ValueError" {
			t.Errorf("%v of shape %v: %v is no IndexError", index, shape, err)
		}
		return
	}
	if !slices.Equal(got.Shape(), wantShape) || !slices.Equal(torch.Data[int64](got.Contiguous()), want) {
		t.Errorf("%v of shape %v is %v, not %v of shape %v", index, shape, got, want, wantShape)
	}
}

// An indexProgram is read byte by byte; after its end there are zeros.
type indexProgram []byte

func (p *indexProgram) next() int {
	if len(*p) == 0 {
		return 0
	}
	b := (*p)[0]
	*p = (*p)[1:]
	return int(b)
}

// shape reads up to three sizes below 4.
func (p *indexProgram) shape() []int64 {
	head := p.next()
	shape := []int64{}
	for d := range head % 4 {
		shape = append(shape, int64(head>>(2*d+2))%4)
	}
	return shape
}

// A span is a slice of an index, whose parts may be missing.
type span struct {
	start, stop any
	step        int64
}

// index reads parts of an index, and says whether the model knows them all.
func (p *indexProgram) index(shape []int64) (index []any, plain bool) {
	plain = true
	ellipses := 0
	for len(*p) > 0 && len(index) < 6 {
		switch p.next() % 9 {
		case 0, 1:
			index = append(index, int64(p.next()%9-4))
		case 2, 3:
			index = append(index, span{p.bound(), p.bound(), int64(p.next()%5 - 1)})
		case 4:
			index = append(index, torch.None)
		case 5:
			index = append(index, torch.Ellipsis)
			ellipses++
		case 6:
			index, plain = append(index, p.next()%2 == 1), false
		case 7:
			index, plain = append(index, []int64{int64(p.next()%5 - 2), int64(p.next() % 3)}), false
		case 8:
			index, plain = append(index, make([]bool, p.next()%4)), false
		}
	}
	return index, plain && ellipses <= 1
}

func (p *indexProgram) bound() any {
	b := p.next()
	if b%3 == 0 {
		return nil
	}
	return int64(b%11 - 5)
}

// materialize makes the Go values of an index.
func materialize(index []any) []any {
	var values []any
	for _, part := range index {
		if s, ok := part.(span); ok {
			part = torch.Slice(s.start, s.stop, s.step)
		}
		values = append(values, part)
	}
	return values
}

// model indexes the tensor 0, 1, 2, ... of a shape: it returns the shape and the
// elements of the result, or false for an index that is an error.
func model(shape []int64, index []any) (result, elements []int64, ok bool) {
	used := 0
	for _, part := range index {
		switch part.(type) {
		case int64, span:
			used++
		}
	}
	if used > len(shape) {
		return nil, nil, false
	}
	// For each dimension that remains, what it adds to the position of an element.
	stride := int64(1)
	strides := make([]int64, len(shape))
	for d := len(shape) - 1; d >= 0; d-- {
		strides[d] = stride
		stride *= shape[d]
	}
	offset, dim := int64(0), 0
	offsets := [][]int64{}
	whole := func() {
		list := []int64{}
		for i := range shape[dim] {
			list = append(list, i*strides[dim])
		}
		offsets = append(offsets, list)
		dim++
	}
	for _, part := range index {
		switch part := part.(type) {
		case int64:
			i, inside := normal(part, shape[dim])
			if !inside {
				return nil, nil, false
			}
			offset += i * strides[dim]
			dim++
		case span:
			positions, good := part.positions(shape[dim])
			if !good {
				return nil, nil, false
			}
			for i := range positions {
				positions[i] *= strides[dim]
			}
			offsets = append(offsets, positions)
			dim++
		default:
			if part == any(torch.None) {
				offsets = append(offsets, []int64{0})
				continue
			}
			for range len(shape) - used {
				whole()
			}
		}
	}
	for dim < len(shape) {
		whole()
	}
	elements = []int64{offset}
	result = []int64{}
	for _, list := range offsets {
		result = append(result, int64(len(list)))
		next := []int64{}
		for _, e := range elements {
			for _, o := range list {
				next = append(next, e+o)
			}
		}
		elements = next
	}
	return result, elements, true
}

func normal(i, size int64) (int64, bool) {
	if i < 0 {
		i += size
	}
	return i, i >= 0 && i < size
}

// positions are those that Python's slice selects.
func (s span) positions(size int64) (positions []int64, ok bool) {
	if s.step <= 0 {
		return nil, false
	}
	clamp := func(v any, missing int64) int64 {
		if v == nil {
			return missing
		}
		i := v.(int64)
		if i < 0 {
			i += size
		}
		return min(max(i, 0), size)
	}
	positions = []int64{}
	for i := clamp(s.start, 0); i < clamp(s.stop, size); i += s.step {
		positions = append(positions, i)
	}
	return positions, true
}
