package torch_test

import (
	"fmt"
	"testing"

	"github.com/wangkuiyi/gotorch/torch"
)

// What a call costs beyond libtorch's work shows on tensors of two elements.
func pair(opts ...torch.CreationOption) *torch.Tensor {
	return torch.NewTensor([]float32{1, 2}, opts...)
}

func BenchmarkCrossing(b *testing.B) {
	x := pair()
	b.ReportAllocs()
	for b.Loop() {
		x.Dim()
	}
}

func BenchmarkAddScope(b *testing.B) {
	x, y := pair(), pair()
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				torch.Scope(func() {
					for range n {
						torch.Add(x, y)
					}
				})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/add")
		})
	}
}

func BenchmarkAddClose(b *testing.B) {
	x, y := pair(), pair()
	b.ReportAllocs()
	for b.Loop() {
		torch.Add(x, y).Close()
	}
}

func BenchmarkAddInPlace(b *testing.B) {
	x, y := pair(), pair()
	b.ReportAllocs()
	for b.Loop() {
		x.Add_(y)
	}
}

func BenchmarkAddGC(b *testing.B) {
	x, y := pair(), pair()
	b.ReportAllocs()
	for b.Loop() {
		torch.Add(x, y)
	}
}

func BenchmarkAddGradGC(b *testing.B) {
	x, y := pair(torch.RequiresGrad(true)), pair()
	b.ReportAllocs()
	for b.Loop() {
		torch.Add(x, y)
	}
}

func BenchmarkNoGrad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		torch.NoGrad(func() {})
	}
}

func BenchmarkScope(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		torch.Scope(func() {})
	}
}

func BenchmarkNewTensor(b *testing.B) {
	data := []float32{1, 2}
	b.ReportAllocs()
	for b.Loop() {
		torch.NewTensor(data)
	}
}

func BenchmarkFromSlice(b *testing.B) {
	data := []float32{1, 2}
	b.ReportAllocs()
	for b.Loop() {
		torch.FromSlice(data)
	}
}

func BenchmarkItem(b *testing.B) {
	x := torch.NewTensor(1.5)
	b.ReportAllocs()
	for b.Loop() {
		x.Item()
	}
}

func BenchmarkBackward(b *testing.B) {
	w, x := pair(torch.RequiresGrad(true)), pair()
	b.ReportAllocs()
	for b.Loop() {
		torch.Mul(w, x).Sum().Backward()
	}
}
