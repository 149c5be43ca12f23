package torch_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestSmallParts(t *testing.T) {
	zeros := func(n int64) *torch.Tensor { return torch.Zeros([]int64{n}, torch.CPU) }
	a, b, c, large, none := zeros(3), zeros(4), zeros(1), zeros(20), zeros(0)
	elsewhere := torch.Zeros([]int64{1}, torch.Meta)
	for _, test := range []struct {
		tensors []*torch.Tensor
		parts   []int64
	}{
		{nil, []int64{}},
		{[]*torch.Tensor{a}, []int64{1}},
		{[]*torch.Tensor{a, b, c}, []int64{3}},
		{[]*torch.Tensor{a, b, b.Clone(), c}, []int64{2, 2}},
		{[]*torch.Tensor{a, large, b, none, c}, []int64{1, 1, 3}},
		{[]*torch.Tensor{none, large, none}, []int64{1, 1, 1}},
		{[]*torch.Tensor{a, b, a}, []int64{1, 1, 1}},
		{[]*torch.Tensor{a, elsewhere, b, c}, []int64{1, 1, 2}},
	} {
		assert.Equal(t, test.parts, torch.SmallParts(test.tensors, 8))
	}
}

func TestAddGrads(t *testing.T) {
	x := torch.NewTensor([]float32{1, 2}, torch.CPU, torch.RequiresGrad(true))
	y := torch.NewTensor([]float32{3}, torch.CPU, torch.RequiresGrad(true))
	x.Mul(x).Sum().Backward()
	version := x.Version()
	assert.True(t, torch.AddGrads([]*torch.Tensor{x, y}, -0.5))
	assert.Equal(t, []float32{0, 0}, torch.Data[float32](x))
	assert.Equal(t, []float32{3}, torch.Data[float32](y)) // it has no gradient
	assert.Equal(t, version+1, x.Version())
	assert.True(t, x.IsLeaf())
	assert.False(t, torch.AddGrads([]*torch.Tensor{x, torch.Zeros([]int64{1}, torch.Meta)}, -0.5))
	assert.Equal(t, version+1, x.Version())
}

func TestDifferentSizes(t *testing.T) {
	a, b := torch.Zeros([]int64{3}), torch.Zeros([]int64{3, 1})
	_, _, differ := torch.DifferentSizes(a, a.Clone())
	assert.False(t, differ)
	ofA, ofB, differ := torch.DifferentSizes(a, b)
	assert.True(t, differ)
	assert.Equal(t, [][]int64{{3}, {3, 1}}, [][]int64{ofA, ofB})
	_, ofScalar, differ := torch.DifferentSizes(a, a.Sum())
	assert.True(t, differ)
	assert.Empty(t, ofScalar)
}
