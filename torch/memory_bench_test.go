package torch_test

import (
	"slices"
	"testing"
	"time"

	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// What Go does for a result: a handle comes, is counted, and goes. Grad returns a
// handle without any work of libtorch's, so that the host and a device compare;
// they take turns, since the machine's speed varies by more than they differ.
func BenchmarkHandle(b *testing.B) {
	testkit.NeedDevices(b, 1)
	devices := []torch.Device{torch.CPU, torch.CUDA(0)}
	var leaves []*torch.Tensor
	for _, d := range devices {
		x := torch.Ones([]int64{2}, d, torch.RequiresGrad(true))
		x.Sum().Backward()
		leaves = append(leaves, x)
	}
	const handles = 2000
	took := make([][]float64, len(devices))
	for b.Loop() {
		for i, x := range leaves {
			start := time.Now()
			torch.Scope(func() {
				for range handles {
					x.Grad()
				}
			})
			took[i] = append(took[i], float64(time.Since(start).Nanoseconds())/handles)
		}
	}
	host, device := median(took[0]), median(took[1])
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(host, "ns/host")
	b.ReportMetric(device, "ns/device")
	b.ReportMetric(device-host, "ns/more")
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
