package customops

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// loadEcho compiles and opens the library in testdata. It is not linked with
// libtorch, which is in the process already.
func loadEcho(t *testing.T) {
	t.Helper()
	headers := parity.Run(t, `
		import os
		out["include"] = os.path.join(os.path.dirname(torch.__file__), "include")
	`).Text("include")
	library := filepath.Join(t.TempDir(), "libecho.so")
	output, err := exec.Command("g++", "-std=c++20", "-O0", "-shared", "-fPIC", "-isystem", headers, "testdata/echo.cpp", "-o", library).CombinedOutput()
	require.NoError(t, err, "%s", output)
	require.NoError(t, torch.LoadLibrary(library))
	assert.NoError(t, torch.LoadLibrary(library), "a second time")
}

func TestEcho(t *testing.T) {
	loadEcho(t)
	t.Run("values", testValues)
	t.Run("lists", testLists)
	t.Run("optionals", testOptionals)
	t.Run("errors", testErrors)
}

func testValues(t *testing.T) {
	assert.Equal(t, []any{int64(3), 0.5, true, "a default", int64(7), torch.Float32, torch.CPU}, torch.Call("gotorch_test::values"))
	given := []any{int64(-4), 1.25, false, "ünicode, and more than eight bytes", 2 + 3i, torch.BFloat16, torch.Meta}
	assert.Equal(t, given, torch.Call("gotorch_test::values", given...))
	// Integers of all Go types, and an integer for a float.
	assert.Equal(t, []any{int64(1), 2.0}, torch.Call("gotorch_test::values", uint8(1), 2)[:2])
	assert.Equal(t, "by name", torch.Call("gotorch_test::values", 1, torch.Keywords{"s": "by name"})[3])
}

func testLists(t *testing.T) {
	x, y := torch.Ones([]int64{2}), torch.Zeros([]int64{1})
	got := torch.Call("gotorch_test::lists", []int{5}, []float32{1, 2}, []bool{false, true}, []string{"", "long enough for two words"},
		[]*torch.Tensor{x, y})
	assert.Equal(t, []any{[]int64{5}, []float64{1, 2}, []bool{false, true}, []string{"", "long enough for two words"}}, got[:4])
	assert.True(t, x.Is(got[4].([]*torch.Tensor)[0]) && y.Is(got[4].([]*torch.Tensor)[1]))
	// More than fits into a frame.
	long := make([]int64, 1000)
	for i := range long {
		long[i] = int64(i)
	}
	none := []any{}
	got = torch.Call("gotorch_test::lists", long, none, none, none, none)
	assert.Equal(t, []any{long, none, none, none, none}, got)
}

func testOptionals(t *testing.T) {
	x := torch.Ones([]int64{2})
	got := torch.Call("gotorch_test::optionals", nil, []*torch.Tensor{nil, x})
	assert.Nil(t, got[0])
	assert.True(t, x.Is(got[1].(*torch.Tensor)))
	assert.Equal(t, []any{int64(-1), []int64{4, 4}, []int64{5, 6}}, got[2:])
	got = torch.Call("gotorch_test::optionals", x, []any{nil, x}, 9, []int64{1, 2})
	assert.Same(t, x, got[0])
	assert.Equal(t, []any{int64(9), []int64{1, 2}, []int64{5, 6}}, got[2:])
}

func testErrors(t *testing.T) {
	x := torch.Ones([]int64{2})
	err := torch.Try(func() { torch.Call("gotorch_test::fail", x) })
	assert.ErrorIs(t, err, &torch.Error{Kind: "ValueError", Op: "torch.Call", Message: "it always fails"})
	err = torch.Try(func() { torch.Call("gotorch_test::lists", []any{1, "two"}) })
	assert.ErrorContains(t, err, "gotorch_test::lists() Expected a value of type 'List[int]' for argument 'i'")
	assert.Empty(t, torch.Call("gotorch_test::warn", x))
}
