package stateless_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils/stateless"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestFunctionalCall(t *testing.T) {
	var category string
	before := torch.SetWarningHandler(func(w torch.Warning) { category = w.Category })
	defer torch.SetWarningHandler(before)
	m := nn.NewLinear(2, 2)
	weight := m.Weight
	y := stateless.FunctionalCall(m, map[string]*torch.Tensor{"weight": torch.Zeros([]int64{2, 2})}, torch.Ones([]int64{2}))
	assert.True(t, torch.Equal(m.Bias, y))
	assert.Same(t, weight, m.Weight)
	assert.Equal(t, "FutureWarning", category)
}
