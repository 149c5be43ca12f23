package cuda_test

import (
	"slices"
	"testing"
	"time"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// What an operator on a device costs Go and the way into libtorch more than one on the
// host: a view, for which no kernel runs. They take turns, since the machine's speed
// varies by more than they differ.
func BenchmarkOperator(b *testing.B) {
	testkit.NeedDevices(b, 1)
	tensors := []*torch.Tensor{torch.Ones([]int64{2, 2}), torch.Ones([]int64{2, 2}, torch.CUDA(0))}
	const calls = 2000
	took := make([][]float64, len(tensors))
	for b.Loop() {
		for i, x := range tensors {
			start := time.Now()
			torch.Scope(func() {
				for range calls {
					x.Detach()
				}
			})
			took[i] = append(took[i], float64(time.Since(start).Nanoseconds())/calls)
		}
	}
	host, device := median(took[0]), median(took[1])
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(host, "ns/host")
	b.ReportMetric(device, "ns/device")
	b.ReportMetric(device-host, "ns/more")
}

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
