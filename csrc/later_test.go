package csrc

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What is to run later runs at the next call, unless something is captured.
func TestRunLater(t *testing.T) {
	var ran []int
	RunLater(func() { ran = append(ran, 1) })
	ReleasePending()
	assert.Equal(t, []int{1}, ran)
	assert.Zero(t, attention.Load())

	BeginCapture()
	BeginCapture() // captures may be nested, or in several threads
	RunLater(func() { ran = append(ran, 2) })
	RunLater(func() { ran = append(ran, 3); ReleasePending() }) // as a call in it would
	ReleasePending()
	EndCapture()
	ReleasePending()
	assert.Equal(t, []int{1}, ran)
	EndCapture()
	ReleasePending()
	assert.Equal(t, []int{1, 2, 3}, ran)
	ReleasePending()
	assert.Equal(t, []int{1, 2, 3}, ran)
	assert.Zero(t, attention.Load())
}
