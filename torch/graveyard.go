package torch

import (
	"sync"

	"github.com/wangkuiyi/gotorch/csrc"
)

// A graveyard holds what the garbage collector found that nothing refers to any
// more. It is emptied when the next thing of its kind is made, so that no
// destructor runs on the collector's goroutine.
type graveyard struct {
	release *csrc.Function // of one handle

	lock    sync.Mutex
	handles []uint64
	alive   int // of those made and not released yet
}

// welcome counts a handle that was made, after making room for it.
func (g *graveyard) welcome() {
	g.empty()
	g.lock.Lock()
	defer g.lock.Unlock()
	g.alive++
}

func (g *graveyard) add(handle uint64) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.handles = append(g.handles, handle)
}

func (g *graveyard) empty() {
	g.lock.Lock()
	dead := g.handles
	g.handles = nil
	g.alive -= len(dead)
	g.lock.Unlock()
	for _, handle := range dead {
		var f frame
		f.Put(handle)
		f.call(g.release)
	}
}
