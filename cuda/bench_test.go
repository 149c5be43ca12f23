package cuda_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

func BenchmarkWithDevice(b *testing.B) {
	testkit.NeedDevices(b, 2)
	for b.Loop() {
		cuda.WithDevice(torch.CUDA(1), func() {})
	}
}

func BenchmarkWithStream(b *testing.B) {
	testkit.NeedDevices(b, 1)
	s := cuda.NewStream()
	for b.Loop() {
		cuda.WithStream(s, func() {})
	}
}

func BenchmarkCurrentStream(b *testing.B) {
	testkit.NeedDevices(b, 1)
	for b.Loop() {
		cuda.CurrentStream()
	}
}

func BenchmarkRecordEvent(b *testing.B) {
	testkit.NeedDevices(b, 1)
	e, s := cuda.NewEvent(), cuda.NewStream()
	for b.Loop() {
		e.Record(s)
	}
}

func BenchmarkMemoryAllocated(b *testing.B) {
	testkit.NeedDevices(b, 1)
	cuda.CurrentDevice()
	for b.Loop() {
		cuda.MemoryAllocated()
	}
}
