package torch

import (
	"fmt"
	"maps"
	"math"
	"strings"
)

// What PyTorch writes in torch/_lobpcg.py.

// OrthoIparams are integers for the method "ortho" of [Lobpcg]: how often it
// orthogonalizes, "ortho_i_max" (3) and "ortho_j_max" (3).
type OrthoIparams map[string]int64

// OrthoFparams are numbers for the method "ortho" of [Lobpcg], of which the
// default is its Tol: "ortho_tol", "ortho_tol_drop" and "ortho_tol_replace".
type OrthoFparams map[string]float64

// OrthoBparams are bools for the method "ortho" of [Lobpcg]: "ortho_use_drop"
// (false) has it drop columns that add little.
type OrthoBparams map[string]bool

// A LobpcgTracker is called by [Lobpcg] after each iteration.
type LobpcgTracker func(*LOBPCG)

func (OrthoIparams) lobpcgOption()  {}
func (OrthoFparams) lobpcgOption()  {}
func (OrthoBparams) lobpcgOption()  {}
func (LobpcgTracker) lobpcgOption() {}

// lobpcgCall is the arguments of a call of Lobpcg.
type lobpcgCall struct {
	b, x, iK *Tensor
	k, n     optional[int64]
	niter    int64
	tol      optional[float64]
	largest  bool
	method   string
	tracker  LobpcgTracker
	ortho    lobpcgParameters
}

type lobpcgParameters struct {
	ints   map[string]int64
	floats map[string]float64
	bools  map[string]bool
}

// Lobpcg returns the largest, or smallest, eigenvalues of a symmetric positive
// definite matrix, dense or sparse, or of a batch of dense ones, and their
// eigenvectors, the columns of x: Python's torch.lobpcg. It finds them without a
// decomposition of a, by the Locally Optimal Block Preconditioned Conjugate
// Gradient method. The matrix must have at least three times as many rows as
// there are eigenvalues to find, or it panics with a ValueError.
//
// Options: [K], the number of eigenvalues (1, or the number of X's columns);
// [B], the matrix of the generalized problem a x = e B x (the identity); [X], the
// first approximation of the eigenvectors (n random columns); [N], the number of
// columns to work with (k); [IK], a preconditioner; [Niter], the number of
// iterations to stop after (1000; -1 never stops); [Tol], the residual to stop at
// (the square root of the dtype's epsilon); [Largest] (true); [Method], "ortho" or
// "basic" ("ortho", the robust one; "basic" changes X in place);
// [LobpcgTracker]; for the method "ortho" [OrthoIparams], [OrthoFparams] and
// [OrthoBparams].
//
// The result is differentiable if a is dense and real, without B.
func Lobpcg(a *Tensor, opts ...LobpcgOption) (e, x *Tensor) {
	c := lobpcgCall{niter: 1000, largest: true, method: "ortho"}
	for _, o := range opts {
		c.read(o)
	}
	if !a.RequiresGrad() && (c.b == nil || !c.b.RequiresGrad()) {
		return c.solve(a)
	}
	symmetric := a.Add(a.MT()).Div(2)
	if c.b != nil {
		c.b = c.b.Add(c.b.MT()).Div(2)
	}
	// Its name is the grad_fn's.
	type LOBPCGAutogradFunction struct{ lobpcgFunction }
	outputs := ApplyFunction(&LOBPCGAutogradFunction{lobpcgFunction{c}}, symmetric, c.b)
	return outputs[0], outputs[1]
}

func (c *lobpcgCall) read(o LobpcgOption) {
	switch o := o.(type) {
	case KArg:
		c.k = some(int64(o))
	case BArg:
		c.b = o.value
	case XArg:
		c.x = o.value
	case NArg:
		c.n = some(int64(o))
	case IKArg:
		c.iK = o.value
	case NiterArg:
		c.niter = int64(o)
	case TolArg:
		c.tol = some(toFloat(o.value, "tol"))
	case LargestArg:
		c.largest = bool(o)
	case MethodArg:
		c.method = string(o)
	case LobpcgTracker:
		c.tracker = o
	case OrthoIparams:
		c.ortho.ints = o
	case OrthoFparams:
		c.ortho.floats = o
	case OrthoBparams:
		c.ortho.bools = o
	}
}

// solve checks the arguments and runs the method on the matrix, or on each of a
// batch.
func (c *lobpcgCall) solve(a *Tensor) (e, x *Tensor) {
	shape := a.Shape()
	rank := len(shape)
	assert := func(ok bool, format string, args ...any) {
		if !ok {
			panic(NewError("AssertionError", format, args...))
		}
	}
	assert(shape[rank-2] == shape[rank-1], "A must be square, got shape %s", sizeOf(shape))
	if c.b != nil {
		assert(fmt.Sprint(shape) == fmt.Sprint(c.b.Shape()), "A and B must have same shape, got %s vs %s", sizeOf(shape), sizeOf(c.b.Shape()))
	}
	dtype, device := floatingDtype(a), a.Device()
	p := c.parameters(shape[rank-1], dtype)
	m, n, k := p.ints["m"], p.ints["n"], p.ints["k"]
	run := func(a, b, x *Tensor) (e, v *Tensor) {
		if x == nil {
			x = Randn([]int64{m, n}, dtype, device)
		}
		name := "X"
		if rank > 2 {
			name = "X_"
		}
		assert(fmt.Sprint(x.Shape()) == fmt.Sprint([]int64{m, n}), "%s shape mismatch: got %s, expected (%d, %d)", name, sizeOf(x.Shape()), m, n)
		w := newLOBPCG(a, b, x, c, p)
		w.run()
		return opSliceTensor(w.E, 0, optional[int64]{}, some(k), 1), columns(w.X, 0, k)
	}
	if rank == 2 {
		return run(a, c.b, c.x)
	}
	batch := shape[:rank-2]
	es, xs := Empty([]int64{product(batch), k}, dtype, device), Empty([]int64{product(batch), m, k}, dtype, device)
	as, bs, starts := flattened(a, batch), flattened(c.b, batch), flattened(c.x, batch)
	for i := range product(batch) {
		p.ints["batch_index"] = i
		e, x := run(nth(as, i), nth(bs, i), nth(starts, i))
		nth(es, i).Copy_(e)
		nth(xs, i).Copy_(x)
	}
	return es.Reshape(append(append([]int64{}, batch...), k)...), xs.Reshape(append(append([]int64{}, batch...), m, k)...)
}

// parameters completes what was given.
func (c *lobpcgCall) parameters(m int64, dtype DType) lobpcgParameters {
	tol := c.tol.value
	if !c.tol.set {
		epsilon, ok := map[DType]float64{Float32: 1.2e-07, Float64: 2.23e-16}[dtype]
		if !ok {
			panic(NewError("KeyError", "%s", dtype))
		}
		tol = math.Sqrt(epsilon)
	}
	k, n := int64(1), c.n.value
	if c.x != nil {
		k = c.x.Size(-1)
	}
	if c.k.set {
		k = c.k.value
	}
	if !c.n.set {
		n = k
	}
	if c.x != nil {
		n = c.x.Size(-1)
	}
	if m < 3*n {
		refuse(valueErrorKind, "LOBPCG algorithm is not applicable when the number of A rows (=%d) is smaller than 3 x the number "+
			"of requested eigenpairs (=%d)", m, n)
	}
	p := lobpcgParameters{
		ints:   map[string]int64{"m": m, "n": n, "k": k, "niter": c.niter},
		floats: map[string]float64{"tol": tol},
		bools:  map[string]bool{"largest": c.largest},
	}
	if c.method == "ortho" {
		maps.Copy(p.ints, map[string]int64{"ortho_i_max": 3, "ortho_j_max": 3})
		maps.Copy(p.floats, map[string]float64{"ortho_tol": tol, "ortho_tol_drop": tol, "ortho_tol_replace": tol})
		p.bools["ortho_use_drop"] = false
		maps.Copy(p.ints, c.ortho.ints)
		maps.Copy(p.floats, c.ortho.floats)
		maps.Copy(p.bools, c.ortho.bools)
	}
	return p
}

// sizeOf is the text of a torch.Size.
func sizeOf(shape []int64) string {
	return "torch.Size(" + strings.ReplaceAll(fmt.Sprint(shape), " ", ", ") + ")"
}

func product(sizes []int64) int64 {
	n := int64(1)
	for _, size := range sizes {
		n *= size
	}
	return n
}

// flattened has one dimension for those of the batch; nil stays nil.
func flattened(t *Tensor, batch []int64) *Tensor {
	if t == nil {
		return nil
	}
	return t.Reshape(product(batch), t.Size(-2), t.Size(-1))
}

func nth(t *Tensor, i int64) *Tensor {
	if t == nil {
		return nil
	}
	return opSelectInt(t, 0, i)
}

// columns is Python's t[:, from:to].
func columns(t *Tensor, from, to int64) *Tensor { return opSliceTensor(t, 1, some(from), some(to), 1) }
