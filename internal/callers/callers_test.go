package callers

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

//go:noinline
func here() Path { return Here() }

//go:noinline
func deep(n int) Path {
	if n == 0 {
		return Here()
	}
	p := deep(n - 1)
	runtime.KeepAlive(p)
	return p
}

// The same line gives the same path, and another line another.
func TestPathsTellLines(t *testing.T) {
	var same [2]Path
	for i := range same {
		same[i] = here()
	}
	other := here()
	assert.Equal(t, same[0], same[1])
	assert.NotEqual(t, same[0], other)
	assert.NotEqual(t, here(), here()) // two calls on one line
}

// The addresses are those of the callers, as the runtime knows them.
func TestPathsAreOfCallers(t *testing.T) {
	p := here()
	var names []string
	for _, pc := range p {
		if pc != 0 {
			names = append(names, runtime.FuncForPC(pc-1).Name())
		}
	}
	all := strings.Join(names, " ")
	assert.Contains(t, all, "callers.here ")
	assert.Contains(t, all, "callers.TestPathsAreOfCallers testing.tRunner")
}

func TestShortAndDeepStacks(t *testing.T) {
	done := make(chan Path)
	go func() { done <- Here() }()
	p := <-done
	assert.NotZero(t, p[0])
	assert.Zero(t, p[Depth-1])

	p = deep(100_000) // the stack grows, that is, moves, several times
	assert.NotZero(t, p[Depth-1])
	assert.Equal(t, p, deep(1000))
}

func BenchmarkHere(b *testing.B) {
	for b.Loop() {
		here()
	}
}
