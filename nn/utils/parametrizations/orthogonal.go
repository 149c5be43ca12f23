package parametrizations

import (
	"slices"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils/parametrize"
	"github.com/wangkuiyi/gotorch/torch"
)

// An OrthogonalOption is an option of [Orthogonal]: [Name], [OrthogonalMap],
// [UseTrivialization].
type OrthogonalOption interface{ OrthogonalOption(option.Marker) }

// OrthogonalMap is how a matrix becomes orthogonal: "matrix_exp", "cayley" or
// "householder". Its default is "matrix_exp" for square or complex matrices, and
// else "householder".
type OrthogonalMap string

// UseTrivialization has the matrix be the product of one that is trained and one
// that is not, so that it starts as, and may be set to, any orthogonal matrix. Its
// default is true.
type UseTrivialization bool

// OrthogonalOption makes OrthogonalMap an option of [Orthogonal].
func (OrthogonalMap) OrthogonalOption(option.Marker) {}

// OrthogonalOption makes UseTrivialization an option of [Orthogonal].
func (UseTrivialization) OrthogonalOption(option.Marker) {}

// Orthogonal makes a matrix, or each of a batch, orthogonal or, if it is complex,
// unitary: its columns, or its rows if there are fewer, are orthonormal. It
// returns the module. Python's parametrizations.orthogonal.
func Orthogonal[M nn.AnyModule](module M, opts ...OrthogonalOption) M {
	name, method, trivialize := "weight", "", true
	for _, o := range opts {
		switch o := o.(type) {
		case Name:
			name = string(o)
		case OrthogonalMap:
			method = string(o)
		case UseTrivialization:
			trivialize = bool(o)
		}
	}
	weight := requireTensor(module, name)
	if dims := weight.Dim(); dims < 2 {
		raise("ValueError", "Expected a matrix or batch of matrices. Got a tensor of %d dimensions.", dims)
	}
	if method == "" {
		method = "householder"
		if weight.Size(-2) == weight.Size(-1) || weight.IsComplex() {
			method = "matrix_exp"
		}
	}
	if !slices.Contains([]string{"matrix_exp", "cayley", "householder"}, method) {
		raise("ValueError", `orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: %s`, method)
	}
	if weight.IsComplex() && method == "householder" {
		raise("ValueError", "The householder parametrization does not support complex tensors.")
	}
	o := named(&orthogonal{shape: weight.Shape(), method: method, trivialize: trivialize}, "_Orthogonal")
	if trivialize {
		o.RegisterBuffer("base", nil)
	}
	return parametrize.RegisterParametrization(module, name, o, parametrize.Unsafe(true))
}

// orthogonal computes orthogonal matrices of any. With trivialize, a buffer base
// is the other factor.
type orthogonal struct {
	nn.Module
	shape      []int64
	method     string
	trivialize bool
}

func diagonal(t *torch.Tensor) *torch.Tensor { return t.Diagonal(torch.Dim1(-2), torch.Dim2(-1)) }

// Forward returns an orthogonal matrix.
func (o *orthogonal) Forward(x *torch.Tensor) *torch.Tensor {
	transposed := x.Size(-2) < x.Size(-1)
	if transposed {
		x = x.MT()
	}
	n, k := x.Size(-2), x.Size(-1)
	var q *torch.Tensor
	if o.method == "householder" {
		a := x.Tril(torch.WithDiagonal(-1))
		tau := a.Mul(a).Sum(torch.Dim(-2)).Add(1.0).Reciprocal().Mul(2.0)
		q = torch.LinalgHouseholderProduct(a, tau)
		q = q.Mul(diagonal(x).Int().Unsqueeze(-2))
	} else {
		q = o.ofSkew(x, n, k)
	}
	if o.trivialize {
		base, _ := o.GetTensor("base")
		q = base.Matmul(q)
	}
	if transposed {
		q = q.MT()
	}
	return q
}

// ofSkew computes the matrix from a skew-symmetric one.
func (o *orthogonal) ofSkew(x *torch.Tensor, n, k int64) *torch.Tensor {
	x = x.Tril()
	if n != k {
		batch := x.Shape()[:x.Dim()-2]
		zeros := x.NewZeros([]int64{n, n - k}).Expand(append(slices.Clone(batch), -1, -1)...)
		x = torch.Cat([]*torch.Tensor{x, zeros}, torch.Dim(-1))
	}
	a := x.Sub(x.MH())
	var q *torch.Tensor
	if o.method == "matrix_exp" {
		q = torch.MatrixExp(a)
	} else {
		identity := torch.Eye(n, a.DType(), a.Device())
		q = torch.LinalgSolve(torch.Add(identity, a, torch.Alpha(-0.5)), torch.Add(identity, a, torch.Alpha(0.5)))
	}
	if n != k {
		q = q.Index(torch.Ellipsis, torch.Slice(nil, k))
	}
	return q
}

// RightInverse returns the matrix of which Forward computes q, or the orthogonal
// one that is near it.
func (o *orthogonal) RightInverse(q *torch.Tensor) (inverse *torch.Tensor) {
	if !slices.Equal(q.Shape(), o.shape) {
		raise("ValueError", "Expected a matrix or batch of matrices of shape %s. Got a tensor of shape %s.",
			pytext.Size(o.shape), pytext.Size(q.Shape()))
	}
	torch.NoGrad(func() {
		switch {
		case o.trivialize:
			inverse = o.setBase(q)
		case o.method != "householder":
			raise("NotImplementedError", "It is not possible to assign to the matrix exponential or the Cayley parametrizations "+
				"when use_trivialization=False.")
		default:
			inverse = reflections(q)
		}
	})
	return inverse
}

// reflections returns the Householder vectors of q. The diagonal, which is that of
// the triangular factor and not needed, has signs that say which column is
// negative.
func reflections(q *torch.Tensor) *torch.Tensor {
	transposed := q.Size(-2) < q.Size(-1)
	if transposed {
		q = q.MT()
	}
	a, tau := torch.Geqrf(q)
	signs := diagonal(a)
	signs.Sign_()
	none := tau.Eq(0.0)
	signs.IndexPut_(signs.Index(none).Mul(-1), none)
	if transposed {
		return a.MT()
	}
	return a
}

// setBase makes q the base, and returns what gives the identity.
func (o *orthogonal) setBase(start *torch.Tensor) *torch.Tensor {
	q := start
	if q.Size(-2) < q.Size(-1) {
		q = q.MT()
	}
	switch n, k := q.Size(-2), q.Size(-1); {
	case n != k:
		size := append(slices.Clone(q.Shape()[:q.Dim()-2]), n, n-k)
		others := torch.Randn(size, q.DType(), q.Device())
		q = makeOrthogonal(torch.Cat([]*torch.Tensor{q, others}, torch.Dim(-1)))
	case isOrthogonal(q):
		q = q.Clone()
	default:
		q = makeOrthogonal(q)
	}
	o.SetTensor("base", q)
	negative := torch.ZerosLike(start)
	diagonal(negative).Fill_(-1.0)
	return negative
}

func isOrthogonal(q *torch.Tensor) bool {
	n, k := q.Size(-2), q.Size(-1)
	identity := torch.Eye(k, q.DType(), q.Device())
	return torch.Allclose(q.MH().Matmul(q), identity, torch.Atol(10*float64(n)*torch.Finfo(q.DType()).Eps))
}

// makeOrthogonal orthogonalizes the columns.
func makeOrthogonal(a *torch.Tensor) *torch.Tensor {
	x, tau := torch.Geqrf(a)
	q := torch.LinalgHouseholderProduct(x, tau)
	return q.Mul_(diagonal(x).Sgn().Unsqueeze(-2))
}
