package csrc_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/csrc"
)

// The wanted values are what Python prints for x**y. math.Pow(0.9, 4) is
// 0.6561000000000001.
func TestPow(t *testing.T) {
	for _, c := range []struct{ x, y, want float64 }{
		{0.9, 4, 0.6561},
		{0.9, 47, 0.007069650490151055},
		{0.999, 1234, 0.29094605365002846},
	} {
		if got := csrc.Pow(c.x, c.y); got != c.want {
			t.Errorf("Pow(%v, %v) = %v, want %v", c.x, c.y, got, c.want)
		}
	}
}

func BenchmarkPow(b *testing.B) {
	for b.Loop() {
		csrc.Pow(0.999, 1234)
	}
}
