package testkit_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestMain(m *testing.M) { testkit.Main(m) }

func TestLeaks(t *testing.T) {
	assert.Empty(t, testkit.Leaks())

	torch.SetMemoryTracking(true)
	defer torch.SetMemoryTracking(false)
	kept := torch.NewTensor([]float32{1, 2})
	leaks := testkit.Leaks()
	assert.Contains(t, leaks, "1 tensors of 8 bytes are alive")
	assert.Contains(t, leaks, "testkit_test.TestLeaks")
	kept.Close()
	assert.Empty(t, testkit.Leaks())

	stop := make(chan bool)
	go leave(stop)
	assert.Contains(t, testkit.Leaks(), "testkit_test.leave")
	close(stop)
	assert.Empty(t, testkit.Leaks())
}

func leave(stop chan bool) { <-stop }
