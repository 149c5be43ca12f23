package torch_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/torch"
)

// What options cost beyond the call without them, and that they cost no
// allocation. The pairs do the same work in libtorch.
func BenchmarkOptions(b *testing.B) {
	x := torch.NewTensor([]float32{1, 2})
	out := torch.Empty([]int64{2})
	dim, alpha := int64(0), 2.0
	for name, call := range map[string]func(){
		"add/none":     func() { x.Add_(x) },
		"add/alpha":    func() { x.Add_(x, torch.Alpha(alpha)) },
		"add/number":   func() { x.Add_(alpha) },
		"softmax/none": func() { torch.Softmax(x, dim).Close() },
		"softmax/out":  func() { torch.Softmax(x, dim, torch.Out(out)) },
		"sum/none":     func() { x.Sum().Close() },
		"sum/two":      func() { x.Sum(torch.Dim(dim), torch.Keepdim(true)).Close() },
		"sum/dtype":    func() { x.Sum(torch.Float64).Close() },
		"clamp/two":    func() { x.Clamp_(torch.WithMin(alpha), torch.WithMax(alpha)) },
		"std/three":    func() { x.Std(torch.Dim(dim), torch.Correction(0), torch.Keepdim(true)).Close() },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				call()
			}
		})
	}
}
