package torch_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/torch"
)

// The collector frees events and generators that nothing refers to.
func TestGraveyards(t *testing.T) {
	for name, c := range map[string]struct {
		make  func() func()
		alive func() int
	}{
		"events":     {func() func() { return torch.NewEvent(torch.CPU).Close }, torch.EventsAlive},
		"generators": {func() func() { g := torch.NewGenerator(); return func() { g.InitialSeed() } }, torch.GeneratorsAlive},
	} {
		before := c.alive()
		keep := c.make()
		for range 100 {
			c.make()
		}
		// A few may share a block of memory, in which Go puts small things together, with what is alive.
		assert.Eventually(t, func() bool { runtime.GC(); return c.alive() < before+10 }, 10*time.Second, time.Millisecond, name)
		keep()
	}
	before := torch.EventsAlive()
	e := torch.NewEvent(torch.CPU)
	assert.Equal(t, before+1, torch.EventsAlive())
	e.Close()
	e.Close()
	assert.Equal(t, before, torch.EventsAlive())
}
