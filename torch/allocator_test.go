package torch_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/torch"
)

// libgotorch keeps small blocks for reuse: they must be aligned as libtorch
// asks, never be in two tensors at a time, and survive being freed on another
// thread than the one that asked for them.
func TestSmallBlocks(t *testing.T) {
	const alignment, goroutines, rounds = 64, 8, 50
	handOver := make(chan []*torch.Tensor, goroutines)
	var wait sync.WaitGroup
	for g := range goroutines {
		wait.Go(func() {
			for round := range rounds {
				alive := map[uintptr]bool{}
				var tensors []*torch.Tensor
				for n := int64(1); n <= 600; n += 23 {
					x := torch.Full([]int64{n}, g, torch.Uint8)
					assert.Zero(t, x.DataPtr()%alignment)
					assert.False(t, alive[x.DataPtr()], "a block was given out twice")
					alive[x.DataPtr()] = true
					tensors = append(tensors, x)
				}
				for _, x := range tensors {
					assert.Equal(t, float64(g)*float64(x.Numel()), x.Sum().Item())
				}
				if round%2 == 0 {
					handOver <- tensors
					tensors = <-handOver
				}
				for _, x := range tensors {
					x.Close()
				}
			}
		})
	}
	wait.Wait()
}
