package prune

import (
	"fmt"
	"math"

	"github.com/wangkuiyi/gotorch/internal/pytext"
)

// An Amount is how much to prune: a number of elements or channels, or a fraction
// from 0.0 to 1.0.
type Amount interface{ int | int64 | float64 }

// amount is an Amount.
type amount struct {
	count    int64
	fraction float64
	isCount  bool
}

func newAmount[A Amount](value A) (a amount) {
	text := ""
	switch v := any(value).(type) {
	case int:
		a, text = amount{count: int64(v), isCount: true}, fmt.Sprint(v)
	case int64:
		a, text = amount{count: v, isCount: true}, fmt.Sprint(v)
	case float64:
		a, text = amount{fraction: v}, pytext.Float(v)
	}
	if a.count < 0 || a.fraction < 0 || a.fraction > 1 {
		raise("ValueError", "amount=%s should either be a float in the range [0, 1] or a non-negative integer", text)
	}
	return a
}

// of returns how many of size elements or channels to prune.
func (a amount) of(size int64) int64 {
	n := a.count
	if !a.isCount {
		n = int64(math.RoundToEven(a.fraction * float64(size)))
	}
	return n
}

func checkAmount(n, size int64) {
	if n > size {
		raise("ValueError", "amount=%d should be smaller than the number of parameters to prune=%d", n, size)
	}
}
