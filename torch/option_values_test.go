package torch_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/torch"
)

// The forms of an option's value mean the same.
func TestPaddingForms(t *testing.T) {
	x, w := torch.Ones([]int64{1, 1, 5, 5}), torch.Ones([]int64{1, 1, 3, 3})
	size := func(padding torch.PaddingArg) []int64 { return torch.Conv2d(x, w, padding).Shape() }
	type name string
	for _, c := range []struct {
		padding torch.PaddingArg
		want    []int64
	}{
		{torch.Padding(1), []int64{1, 1, 5, 5}},
		{torch.Padding(int32(1)), []int64{1, 1, 5, 5}},
		{torch.Padding(2, 0), []int64{1, 1, 7, 3}},
		{torch.Padding([]int{2, 0}), []int64{1, 1, 7, 3}},
		{torch.Padding([]int64{2, 0}...), []int64{1, 1, 7, 3}},
		{torch.Padding([]int64{2, 0}), []int64{1, 1, 7, 3}},
		{torch.Padding("same"), []int64{1, 1, 5, 5}},
		{torch.Padding(name("valid")), []int64{1, 1, 3, 3}},
	} {
		assert.Equal(t, c.want, size(c.padding))
	}
	err := torch.Try(func() { torch.Padding("same", "valid") })
	assert.EqualError(t, err, "torch.Padding: argument 'padding' must be int, not string")
}

func TestSpacingForms(t *testing.T) {
	x := torch.NewTensor([]float64{1, 4, 9, 16})
	gradient := func(spacing torch.SpacingArg) []float64 { return torch.Data[float64](torch.Gradient(x, spacing)[0]) }
	want := []float64{6, 8, 12, 14}
	assert.Equal(t, want, gradient(torch.Spacing(0.5)))
	assert.Equal(t, want, gradient(torch.Spacing(float32(0.5))))
	assert.Equal(t, want, gradient(torch.Spacing([]float64{0.5})))
	assert.Equal(t, want, gradient(torch.Spacing([]float32{0.5})))
	assert.Equal(t, want, gradient(torch.Spacing([]*torch.Tensor{torch.NewTensor([]float64{0, 0.5, 1, 1.5})})))
}

// An option with a type parameter costs no allocation either.
func TestOptionsDoNotAllocate(t *testing.T) {
	x := torch.NewTensor([]float32{1, 2})
	alpha := 1.5
	for name, call := range map[string]func(){
		"alpha": func() { x.Add_(x, torch.Alpha(alpha)) },
		"clamp": func() { x.Clamp_(torch.WithMin(alpha), torch.WithMax(alpha)) },
	} {
		assert.Zero(t, testing.AllocsPerRun(100, call), name)
	}
}
