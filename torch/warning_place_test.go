package torch_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/torch"
)

// The line that a warning names is the program's innermost one, also if it is
// in a function that the library calls.
func TestWarningInClosure(t *testing.T) {
	var got []torch.Warning
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { got = append(got, w) }))
	var file string
	var line int
	torch.NoGrad(func() {
		torch.Scope(func() {
			torch.Warn("in closures")
			_, file, line, _ = runtime.Caller(0)
		})
	})
	require.Equal(t, []torch.Warning{{Category: "UserWarning", Message: "in closures", File: file, Line: line - 1}}, got)
}

// A line is found also where more stacks lead to it than are remembered.
func TestWarningInRecursion(t *testing.T) {
	places := map[int]bool{}
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { places[w.Line] = true }))
	var warnAt func(path int)
	warnAt = func(path int) {
		switch {
		case path == 0:
			torch.Warn("at the bottom")
		case path%2 == 0:
			warnAt(path / 2)
		default:
			warnAt(path / 2) // another line, so another stack
		}
	}
	for path := range 3000 {
		warnAt(path)
	}
	require.Len(t, places, 1)
}

// A program that does what it is warned of in each turn of a hot loop pays
// little for it: finding the line is most of it.
func BenchmarkRepeatedWarning(b *testing.B) {
	defer torch.SetWarningHandler(torch.SetWarningHandler(nil))
	b.ReportAllocs()
	for b.Loop() {
		torch.Warn("the same again")
	}
}

// Between a hook and the program's line that runs it lie frames of C++, which the path to
// a warning must not read.
func TestWarningInHook(t *testing.T) {
	var got []torch.Warning
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { got = append(got, w) }))
	x := torch.Ones([]int64{2}, torch.RequiresGrad(true))
	x.RegisterHook(func(g *torch.Tensor) *torch.Tensor {
		torch.Warn("in a hook")
		return nil
	})
	for range 100 {
		x.Sum().Backward()
	}
	require.Len(t, got, 1)
	require.Contains(t, got[0].File, "warning_place_test.go")
}
