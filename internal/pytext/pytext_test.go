package pytext_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/pytext"
)

// Floats of any size are spelled as Python's repr does.
func TestFloat(t *testing.T) {
	floats := []float64{0, math.Copysign(0, -1), 0.5, 1, 1e-4, 9.9e-5, 1e-5, 1e15, 1e16, 123456789012345680, 1e22, 1e100,
		1.5e-10, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), math.NaN()}
	random := rapid.Float64()
	for seed := range 200 {
		floats = append(floats, random.Example(seed))
	}
	code := "import struct\nout['text'] = [repr(struct.unpack('<d', struct.pack('<Q', n))[0]) for n in ["
	for _, f := range floats {
		code += fmt.Sprint(math.Float64bits(f), ", ")
	}
	for i, want := range parity.Run(t, code+"]]").Strings("text") {
		assert.Equal(t, want, pytext.Float(floats[i]))
	}
}

func TestOtherValues(t *testing.T) {
	py := parity.Run(t, `
		out["values"] = [repr(v) for v in [True, False, (), (1,), (1, -2), torch.Size([]), torch.Size([3, 1]),
			"plain", "it's", 'both \' and "', "line\nback\\slash\ttab", ["a", "b'"], []]]
	`)
	assert.Equal(t, py.Strings("values"), []string{
		pytext.Bool(true), pytext.Bool(false), pytext.Tuple(nil), pytext.Tuple([]int64{1}), pytext.Tuple([]int64{1, -2}),
		pytext.Size(nil), pytext.Size([]int64{3, 1}),
		pytext.String("plain"), pytext.String("it's"), pytext.String(`both ' and "`), pytext.String("line\nback\\slash\ttab"),
		pytext.Strings([]string{"a", "b'"}), pytext.Strings(nil),
	})
	assert.Equal(t, "3", pytext.IntOrTuple([]int64{3}))
	assert.Equal(t, "(3, 4)", pytext.IntOrTuple([]int64{3, 4}))
}
