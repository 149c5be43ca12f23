package scalar

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/torch"
)

// Floats and tensors give the same numbers, and operations with a tensor give a
// tensor.
func TestArithmetic(t *testing.T) {
	for _, a := range []Number{Of(6), {Tensor: torch.NewTensor(6.0)}} {
		for _, b := range []Number{Of(-1.5), {Tensor: torch.NewTensor(-1.5)}} {
			for _, c := range []struct {
				got  Number
				want float64
			}{
				{a.Add(b), 4.5}, {a.Sub(b), 7.5}, {a.Mul(b), -9}, {a.Div(b), -4}, {Min(a, b), -1.5}, {Max(a, b), 6}, {Min(b, a), -1.5},
				{Max(b, a), 6},
			} {
				assert.Equal(t, c.want, c.got.Float())
			}
			assert.Equal(t, a.Tensor != nil || b.Tensor != nil, a.Add(b).Tensor != nil)
			assert.True(t, b.Less(a) && !a.Less(b) && b.LessEqual(a) && !a.LessEqual(b) && a.LessEqual(a) && !a.Less(a))
			assert.Equal(t, 1.5, b.Abs().Float())
		}
		assert.Equal(t, -6.0, a.Neg().Float())
		assert.Equal(t, 216.0, a.Pow(3).Float())
		assert.Equal(t, 3.0, a.Add(Of(3)).Sqrt().Float())
		assert.Equal(t, a.Float(), From(a.Any()).Float())
	}
	assert.Equal(t, 2.0, From(int64(2)).Float())
	assert.Equal(t, 0, int(From(torch.NewTensor([]float32{3})).Tensor.Dim()))
}

// A float is compared with a tensor in the tensor's dtype, as in Python.
func TestCompareInTensorsDtype(t *testing.T) {
	single := Number{Tensor: torch.NewTensor(float32(0.1))}
	assert.False(t, single.Less(Of(0.1)) || Of(0.1).Less(single))
}

func TestPerGroup(t *testing.T) {
	assert.Equal(t, []float64{2, 2}, PerGroup("x", 2, 2))
	assert.Equal(t, []float64{0.5, 0.5}, PerGroup("x", 2, 0.5))
	assert.Equal(t, []float64{1, 2}, PerGroup("x", 2, []float64{1, 2}))
	assert.ErrorIs(t, torch.Try(func() { PerGroup("x", 1, []float64{1, 2}) }), &torch.Error{Kind: "ValueError"})
}
