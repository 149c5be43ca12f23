package ninit

import (
	"math"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// Eye_ makes a matrix the identity: as much of it as it has room for. Tensors
// that are no matrices panic with a ValueError. Python's nn.init.eye_.
func Eye_(t *torch.Tensor) *torch.Tensor {
	requireMatrix(t)
	torch.NoGrad(func() { torch.Eye(t.Size(0), torch.M(t.Size(1)), torch.Out(t), torch.RequiresGrad(t.RequiresGrad())) })
	return t
}

func requireMatrix(t *torch.Tensor) {
	if t.Dim() != 2 {
		raise("ValueError", "Only tensors with 2 dimensions are supported")
	}
}

// Dirac_ makes the weight of a convolution, of 3 to 5 dimensions, pass its input
// on: 1 in the middle of the kernel from each input channel to the output channel
// of the same number, 0 elsewhere. With groups, which is 1 unless given, so does
// each group of output channels. Python's nn.init.dirac_.
func Dirac_(t *torch.Tensor, groups ...int64) *torch.Tensor {
	n := int64(1)
	if len(groups) > 0 {
		n = groups[0]
	}
	shape := t.Shape()
	if len(shape) < 3 || len(shape) > 5 {
		raise("ValueError", "Only tensors with 3, 4, or 5 dimensions are supported")
	}
	if n == 0 {
		raise("ZeroDivisionError", "integer modulo by zero")
	}
	if shape[0]%n != 0 {
		raise("ValueError", "dim 0 must be divisible by groups")
	}
	if t.IsMeta() {
		return t
	}
	perGroup := shape[0] / n
	torch.NoGrad(func() {
		t.Zero_()
		for group := range n {
			for channel := range min(perGroup, shape[1]) {
				place := []any{group*perGroup + channel, channel}
				for _, size := range shape[2:] {
					place = append(place, size/2)
				}
				t.IndexPut_(1, place...)
			}
		}
	})
	return t
}

// An OrthogonalOption is an option of [Orthogonal_]: [Gain], a
// *[torch.Generator].
type OrthogonalOption = GainOption

// Orthogonal_ makes t, of 2 dimensions or more, of which all but the first count
// as one, a matrix with orthonormal rows or columns times the gain, after Saxe et
// al. (2013). Fewer dimensions panic with a ValueError. Python's
// nn.init.orthogonal_.
func Orthogonal_(t *torch.Tensor, opts ...OrthogonalOption) *torch.Tensor {
	gain, random := Gain(1), (*torch.Generator)(nil)
	for _, o := range opts {
		switch o := o.(type) {
		case Gain:
			gain = o
		case *torch.Generator:
			random = o
		}
	}
	if t.Dim() < 2 {
		raise("ValueError", "Only tensors with 2 or more dimensions are supported")
	}
	if t.Numel() == 0 || t.IsMeta() {
		return t
	}
	torch.NoGrad(func() {
		torch.Scope(func() {
			q := orthonormal(t, random)
			t.ViewAs(q).Copy_(q)
			t.Mul_(float64(gain))
		})
	})
	return t
}

// orthonormal draws a matrix of t's size whose shorter side is orthonormal.
func orthonormal(t *torch.Tensor, random *torch.Generator) *torch.Tensor {
	rows := t.Size(0)
	columns := t.Numel() / rows
	normal := t.NewEmpty([]int64{rows, columns}).Normal_(0, 1, random)
	if rows < columns {
		normal.T_()
	}
	q, r := torch.LinalgQr(normal)
	q.Mul_(r.Diag().Sign()) // makes q uniform among all such matrices
	if rows < columns {
		q.T_()
	}
	return q
}

// A SparseOption is an option of [Sparse_]: [Std], a *[torch.Generator].
type SparseOption interface{ SparseOption(option.Marker) }

// Std is the standard deviation of what is not zero. Its default is 0.01.
type Std float64

// SparseOption makes Std an option.
func (Std) SparseOption(option.Marker) {}

// ceil is Python's math.ceil.
func ceil(x float64) int64 {
	switch {
	case math.IsNaN(x):
		raise("ValueError", "cannot convert float NaN to integer")
	case math.IsInf(x, 0):
		raise("OverflowError", "cannot convert float infinity to integer")
	}
	return int64(math.Ceil(x))
}

// Sparse_ fills a matrix with normal numbers and sets the given fraction of each
// column to zero, after Martens (2010). Tensors that are no matrices panic with a
// ValueError. Python's nn.init.sparse_.
func Sparse_(t *torch.Tensor, sparsity float64, opts ...SparseOption) *torch.Tensor {
	std, random := Std(0.01), (*torch.Generator)(nil)
	for _, o := range opts {
		switch o := o.(type) {
		case Std:
			std = o
		case *torch.Generator:
			random = o
		}
	}
	requireMatrix(t)
	if t.IsMeta() {
		return t
	}
	rows, columns := t.Size(0), t.Size(1)
	zeros := ceil(sparsity * float64(rows))
	torch.NoGrad(func() {
		torch.Scope(func() {
			t.Normal_(0, float64(std), random)
			for column := range columns {
				t.IndexPut_(0, torch.Randperm(rows).Index(torch.Slice(0, zeros)), column)
			}
		})
	})
	return t
}
