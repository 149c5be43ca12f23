package torch

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/csrc"
)

// Lists that are longer than a frame, in and out.
func TestLongLists(t *testing.T) {
	x := Arange(2000, Float32)
	indices := make([]int64, 1000)
	for i := range indices {
		indices[i] = int64(2 * i)
	}
	parts := opTensorSplitIndices(x, indices, 0)
	require.Len(t, parts, 1001)
	assert.Empty(t, Data[float32](parts[0]))
	assert.Equal(t, []float32{1996, 1997}, Data[float32](parts[999]))
	assert.Equal(t, []float32{1998, 1999}, Data[float32](parts[1000]))
	assert.Equal(t, Data[float32](x), Data[float32](Cat(parts)))

	tensors := make([]*Tensor, 300)
	for i := range tensors {
		tensors[i] = NewTensor([]int{i})
	}
	assert.Equal(t, 300.0*299/2, Cat(tensors).Sum().Item())
	assert.Equal(t, []int64{300, 1}, Stack(tensors).Shape())
	doubled := op_ForeachMulScalar(tensors, intScalar(2))
	require.Len(t, doubled, 300)
	assert.Equal(t, 598.0, doubled[299].Item())
}

// Every length around the frame's: what is put there and taken from there does
// not depend on where it lies.
func TestListsOfAllLengths(t *testing.T) {
	for n := range 80 {
		parts := opTensorSplitIndices(Arange(2, Float32), make([]int64, n), 0)
		require.Len(t, parts, n+1)
		assert.Equal(t, []float32{0, 1}, Data[float32](parts[n]))
		sizes := make([]int64, min(n, 64)) // libtorch has at most 64 dimensions
		for i := range sizes {
			sizes[i] = 1
		}
		assert.Equal(t, sizes, Ones(sizes).Shape())
	}
}

// Two lists in one result, the second of them empty: the first takes all of
// the frame that there is.
func TestListsOfResults(t *testing.T) {
	for n := 1; n <= 20; n++ {
		params, grads, averages, squares, steps := ones(n, 3), ones(n, 3), ones(n, 3), ones(n, 3), ones(n)
		self, grad, average, square, most := op_FusedAdam(params, grads, averages, squares, nil, steps, 0.1, 0.9, 0.999, 0, 1e-8,
			false, false, nil, nil)
		for _, list := range [][]*Tensor{self, grad, average, square} {
			require.Len(t, list, n)
			for _, x := range list {
				assert.Equal(t, []int64{3}, x.Shape())
			}
		}
		assert.Empty(t, most)
	}
}

func ones(n int, size ...int64) []*Tensor {
	tensors := make([]*Tensor, n)
	for i := range tensors {
		tensors[i] = Ones(size)
	}
	return tensors
}

// Long strings in and out, and warnings from C++.
func TestLongStrings(t *testing.T) {
	var warned []Warning
	defer SetWarningHandler(SetWarningHandler(func(w Warning) { warned = append(warned, w) }))
	warnEntry := csrc.Entry("warn(str text) -> ()")
	for _, n := range []int{0, 1, 7, 8, 9, 100, 247, 248, 249, 10_000} {
		warned = nil
		text := strings.Repeat("x", n)
		var f frame
		f.PutString(text)
		f.call(warnEntry)
		require.Len(t, warned, 1)
		assert.Equal(t, Warning{Category: "UserWarning", Message: text, File: warned[0].File, Line: warned[0].Line}, warned[0])
	}
	var f frame
	f.call(csrc.Entry("build_configuration() -> str"))
	assert.Contains(t, f.TakeString(), "PyTorch built with:")
}

// A call allocates nothing in Go but the tensor that it returns.
func TestCallsDoNotAllocate(t *testing.T) {
	x, y := NewTensor([]float32{1, 2}), NewTensor([]float32{1, 2})
	for name, call := range map[string]func(){
		"Dim":  func() { x.Dim() },
		"Size": func() { x.Size(0) },
		"Item": func() { x.ask(new(frame), entryDim) },
		"Add_": func() { opAdd_Tensor(x, operand{tensor: y}, intScalar(1)) },
		"Is":   func() { x.Is(y) },
	} {
		assert.Zero(t, testing.AllocsPerRun(100, call), name)
	}
}
