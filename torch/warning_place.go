package torch

import (
	"runtime"
	"sync"
)

// A place is a line of the program, as it calls this library.
type place struct {
	file string
	line int
}

// An innerStack is the innermost part of a stack, where the program's line
// usually is; it ends in zeros if the stack is shorter.
type innerStack [8]uintptr

// places remembers the places of stacks. A loop may warn of the same in each
// turn, and to put names to the addresses of a stack takes longer than a small
// operator. A lock guards it.
var places = placeCache{known: map[innerStack]place{}}

type placeCache struct {
	sync.Mutex
	known map[innerStack]place
}

// mostPlaces bounds what is remembered. Stacks differ in what follows the
// program's line, too, so recursion makes many of one place.
const mostPlaces = 1024

// of returns the program's line in the stack of its caller's caller, of which
// inner is the beginning.
func (c *placeCache) of(inner innerStack) place {
	c.Lock()
	p, ok := c.known[inner]
	c.Unlock()
	if ok {
		return p
	}
	return c.find(inner)
}

func (c *placeCache) find(inner innerStack) place {
	p := placeIn(inner[:])
	if p == (place{}) {
		return placeIn(wholeStack()) // it lies further out, where inner says nothing of it
	}
	c.Lock()
	defer c.Unlock()
	if len(c.known) >= mostPlaces {
		clear(c.known)
	}
	c.known[inner] = p
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
