package nn

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// Keepdim keeps a dimension of size 1 in place of the one that is reduced. Its
// default is false.
type Keepdim bool

// PairwiseDistance is the norm of the difference of two vectors, Python's
// nn.PairwiseDistance.
//
// Inputs of shape (N, D) or (D), or such that broadcast, give output of shape
// (N) or without dimensions. Others panic with a RuntimeError.
type PairwiseDistance struct {
	Module
	Norm, Eps float64
	Keepdim   bool
}

// A PairwiseDistanceOption is an option of [NewPairwiseDistance]: [P], the order
// of the norm (2), [Eps] (1e-6), [Keepdim].
type PairwiseDistanceOption interface{ pairwiseDistanceOption() }

func (P) pairwiseDistanceOption()       {}
func (Eps) pairwiseDistanceOption()     {}
func (Keepdim) pairwiseDistanceOption() {}

// NewPairwiseDistance returns a new [PairwiseDistance] layer. The defaults are
// [P] 2.0, [Eps] 1e-6 and [Keepdim] false.
func NewPairwiseDistance(opts ...PairwiseDistanceOption) *PairwiseDistance {
	l := &PairwiseDistance{Norm: 2, Eps: 1e-6}
	for _, o := range opts {
		switch o := o.(type) {
		case P:
			l.Norm = float64(o)
		case Eps:
			l.Eps = float64(o)
		case Keepdim:
			l.Keepdim = bool(o)
		}
	}
	l.Init(l)
	return l
}

// Forward returns the distances of the rows of x1 and x2, of shape (N, D) or (D).
func (l *PairwiseDistance) Forward(x1, x2 *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, x1, x2)
	}
	return l.forward(x1, x2)
}

func (l *PairwiseDistance) forward(x1, x2 *torch.Tensor) *torch.Tensor {
	return torch.PairwiseDistance(x1, x2, torch.P(l.Norm), torch.Eps(l.Eps), torch.Keepdim(l.Keepdim))
}

// CosineSimilarity is the cosine of the angle between two vectors, Python's
// nn.CosineSimilarity.
//
// Inputs of one shape, or such that broadcast, give output of that shape
// without the dimension. Others panic with a RuntimeError.
type CosineSimilarity struct {
	Module
	Dim int64
	Eps float64
}

// A CosineSimilarityOption is an option of [NewCosineSimilarity]: [Dim] (1), [Eps]
// (1e-8).
type CosineSimilarityOption interface{ cosineSimilarityOption() }

func (Dim) cosineSimilarityOption() {}
func (Eps) cosineSimilarityOption() {}

// NewCosineSimilarity returns a new [CosineSimilarity] layer. The defaults are
// [Dim] 1 and [Eps] 1e-8.
func NewCosineSimilarity(opts ...CosineSimilarityOption) *CosineSimilarity {
	l := &CosineSimilarity{Dim: 1, Eps: 1e-8}
	for _, o := range opts {
		switch o := o.(type) {
		case Dim:
			l.Dim = int64(o)
		case Eps:
			l.Eps = float64(o)
		}
	}
	l.Init(l)
	return l
}

// Forward returns the cosines along Dim of x1 and x2, which are broadcast.
func (l *CosineSimilarity) Forward(x1, x2 *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call2(l.forward, x1, x2)
	}
	return l.forward(x1, x2)
}

func (l *CosineSimilarity) forward(x1, x2 *torch.Tensor) *torch.Tensor {
	return torch.CosineSimilarity(x1, x2, torch.Dim(l.Dim), torch.Eps(l.Eps))
}
