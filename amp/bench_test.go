package amp_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/amp"
	"github.com/wangkuiyi/gotorch/torch"
)

// What a region of autocast costs that does nothing.
func BenchmarkAutocast(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		amp.Autocast("cpu", func() {})
	}
}

// What a call through AutocastDecorator costs on top.
func BenchmarkAutocastDecorator(b *testing.B) {
	f := amp.AutocastDecorator("cpu", func() {})
	b.ReportAllocs()
	for b.Loop() {
		f()
	}
}

// What the state costs that a goroutine hands on.
func BenchmarkCaptureState(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		torch.CaptureState().Run(func() {})
	}
}
