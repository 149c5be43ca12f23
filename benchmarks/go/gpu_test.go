package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// small is what a simulated device computes in seconds.
var small = workload{images: 2, imageSide: 32, sequences: 2, length: 8, vocabulary: 50, layers: 2, width: 16, heads: 2, side: 8}

func TestGPUItems(t *testing.T) {
	testkit.NeedDevices(t, 1)
	for _, it := range gpuItems(small) {
		t.Run(it.name, func(t *testing.T) {
			for range torch.Scoped(1) {
				operation := it.setup()
				for range 3 {
					require.NoError(t, torch.Try(operation))
				}
			}
		})
	}
}
