package pytext_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/pytext"
)

func TestFloat(t *testing.T) {
	values := []float64{0, math.Copysign(0, -1), 1, -2, 0.1, 1e-4, 9.9e-5, -1e-7, 1e15, 1e16, 123456789012345678, 1e30, 5e-324, math.Inf(1), math.Inf(-1), math.NaN()}
	code := "out['texts'] = []\n"
	for _, v := range values {
		code += fmt.Sprintf("out['texts'].append(repr(float('%v')))\n", v)
	}
	var got []string
	for _, v := range values {
		got = append(got, pytext.Float(v))
	}
	assert.Equal(t, parity.Run(t, code).Strings("texts"), got)
}
