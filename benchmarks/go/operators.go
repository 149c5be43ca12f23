package main

import (
	"fmt"
	"math"

	"github.com/wangkuiyi/gotorch/torch"
)

// sizes are numbers of elements: a call that is all overhead, a small one, and
// one that is all arithmetic.
var sizes = []int64{1, 1_000, 1_000_000}

// An operatorItem is measured at each size: setup gets the number of elements n
// and the side of a square matrix of about as many. python/operators_by_size.py has the
// same.
type operatorItem struct {
	name  string
	setup func(n, side int64) func()
}

// operatorItems are representative operators: of each kind of argument, result
// and kernel.
var operatorItems = []operatorItem{
	// Elementwise.
	{"add", func(n, _ int64) func() { x, y := randn(n), randn(n); return func() { torch.Add(x, y) } }},
	{"add_alpha", func(n, _ int64) func() { x, y := randn(n), randn(n); return func() { torch.Add(x, y, torch.Alpha(2)) } }},
	{"mul_number", func(n, _ int64) func() { x := randn(n); return func() { x.Mul(2.5) } }},
	{"add_in_place", func(n, _ int64) func() { x, y := randn(n), randn(n); return func() { x.Add_(y) } }},
	{"mul_number_in_place", func(n, _ int64) func() { x := randn(n); return func() { x.Mul_(1.0) } }},
	{"div", func(n, _ int64) func() { x, y := randn(n), randn(n); return func() { torch.Div(x, y) } }},
	{"pow", func(n, _ int64) func() { x := randn(n); return func() { x.Pow(2) } }},
	{"exp", func(n, _ int64) func() { x := randn(n); return func() { torch.Exp(x) } }},
	{"relu", func(n, _ int64) func() { x := randn(n); return func() { torch.Relu(x) } }},
	{"sigmoid", func(n, _ int64) func() { x := randn(n); return func() { torch.Sigmoid(x) } }},
	{"clamp", func(n, _ int64) func() { x := randn(n); return func() { x.Clamp(torch.WithMin(-1), torch.WithMax(1)) } }},
	{"eq", func(n, _ int64) func() { x, y := randn(n), randn(n); return func() { x.Eq(y) } }},
	{"where", func(n, _ int64) func() {
		x, y := randn(n), randn(n)
		c := x.Gt(y)
		return func() { torch.Where(c, x, y) }
	}},
	// Reductions.
	{"sum", func(n, _ int64) func() { x := randn(n); return func() { x.Sum() } }},
	{"sum_dim", func(_, s int64) func() {
		x := randn(s, s)
		return func() { x.Sum(torch.Dim(1), torch.Keepdim(true)) }
	}},
	{"max_dim", func(_, s int64) func() { x := randn(s, s); return func() { x.MaxDim(1) } }},
	{"std", func(_, s int64) func() { x := randn(s, s); return func() { x.Std(torch.Dim(0), torch.Correction(0)) } }},
	{"softmax", func(_, s int64) func() { x := randn(s, s); return func() { torch.Softmax(x, 1) } }},
	{"cumsum", func(n, _ int64) func() { x := randn(n); return func() { x.Cumsum(0) } }},
	{"topk", func(n, _ int64) func() { x := randn(n); return func() { x.Topk(1) } }},
	// Shapes and memory.
	{"view", func(n, _ int64) func() { x := randn(n); return func() { x.View(1, -1) } }},
	{"slice", func(n, _ int64) func() { x := randn(n); return func() { x.Index(torch.Slice(0, n)) } }},
	{"transpose_contiguous", func(_, s int64) func() {
		x := randn(s, s)
		return func() { x.Transpose(0, 1).Contiguous() }
	}},
	{"cat", func(n, _ int64) func() {
		x, y := randn(n), randn(n)
		return func() { torch.Cat([]*torch.Tensor{x, y}) }
	}},
	{"to_float64", func(n, _ int64) func() { x := randn(n); return func() { x.To(torch.Float64) } }},
	{"zeros", func(n, _ int64) func() { return func() { torch.Zeros([]int64{n}) } }},
	// Gathering.
	{"index_select", func(_, s int64) func() {
		x, i := randn(s, s), torch.Arange(s)
		return func() { x.IndexSelect(0, i) }
	}},
	{"index_tensor", func(_, s int64) func() {
		x, i := randn(s, s), torch.Arange(s)
		return func() { x.Index(i) }
	}},
	{"gather", func(_, s int64) func() {
		x := randn(s, s)
		i := torch.Zeros([]int64{s, s}, torch.Int64)
		return func() { x.Gather(1, i) }
	}},
	// Networks.
	{"mm", func(_, s int64) func() { x, y := randn(s, s), randn(s, s); return func() { torch.Mm(x, y) } }},
	{"linear", func(_, s int64) func() {
		x, w, b := randn(s, s), randn(s, s), randn(s)
		return func() { torch.Linear(x, w, torch.Bias(b)) }
	}},
	{"layer_norm", func(_, s int64) func() {
		x := randn(s, s)
		return func() { torch.LayerNorm(x, []int64{s}) }
	}},
	{"conv2d", func(_, s int64) func() {
		x, w := randn(1, 1, s, s), randn(1, 1, 3, 3)
		return func() { torch.Conv2d(x, w, torch.Padding(1)) }
	}},
}

// Items of operators are measured when their names are asked for: all takes
// four minutes.
func init() {
	for _, o := range operatorItems {
		for _, n := range sizes {
			side := int64(math.Sqrt(float64(n)))
			perScope := operators
			if n == sizes[len(sizes)-1] {
				perScope = 1 // 100 results of 4 MB at once are another measurement
			}
			items = append(items, item{
				name:     fmt.Sprintf("operators/%s/%d", o.name, n),
				perScope: perScope,
				setup:    func() func() { return o.setup(n, side) },
			})
		}
	}
}
