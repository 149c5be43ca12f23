package torch

import (
	"runtime"
	"sync"

	"github.com/wangkuiyi/gotorch/internal/callers"
)

// A place is a line of the program, as it calls this library.
type place struct {
	file string
	line int
}

// places remembers the places of paths. A loop may warn of the same in each
// turn, and to put names to the addresses of a stack takes longer than a small
// operator. A lock guards it.
var places = placeCache{known: map[callers.Path]place{}}

type placeCache struct {
	sync.Mutex
	known map[callers.Path]place
}

// mostPlaces bounds what is remembered. Paths differ in what follows the
// program's line, too, so recursion makes many of one place.
const mostPlaces = 1024

// of returns the program's line in the stack of its caller's caller, to which path
// leads.
func (c *placeCache) of(path callers.Path) place {
	c.Lock()
	p, ok := c.known[path]
	c.Unlock()
	if ok {
		return p
	}
	return c.find(path)
}

//go:noinline
func (c *placeCache) find(path callers.Path) place {
	// From warn's caller on, to which the first address leads. So the path has the addresses
	// of all these calls; it takes none for functions that are inlined.
	var inner [callers.Depth - 1]uintptr
	p := placeIn(inner[:runtime.Callers(4, inner[:])])
	if p == (place{}) {
		return placeIn(wholeStack()) // it lies further out, where path says nothing of it
	}
	c.Lock()
	defer c.Unlock()
	if len(c.known) >= mostPlaces {
		clear(c.known)
	}
	c.known[path] = p
	return p
}

// placeIn returns the innermost place in a stack, or none.
func placeIn(stack []uintptr) place {
	f := programFrame(stack, nil)
	return place{f.File, f.Line}
}

// wholeStack returns the stack of its caller, as far as it is of interest.
func wholeStack() []uintptr {
	var pcs [64]uintptr
	return pcs[:runtime.Callers(2, pcs[:])]
}
