package torch

import (
	"fmt"
	"strings"
)

// LOBPCG is the state of a [Lobpcg] in progress, for a [LobpcgTracker]; one that
// keeps a tensor must clone it. Python's torch._lobpcg.LOBPCG.
type LOBPCG struct {
	A, B, IK   *Tensor // the matrices; B and IK may be nil
	E, X, R, S *Tensor // eigenvalues, eigenvectors, residual, and the search space

	// The parameters: "m", "n", "k", "niter"; "tol"; "largest"; and those of the
	// method "ortho".
	Iparams map[string]int64
	Fparams map[string]float64
	Bparams map[string]bool

	// The variables: "istep", "iterations_left", "converged_count", ...; "X_norm",
	// "A_norm", "B_norm", ...; "rerr". Iteration stops if the tracker sets
	// "force_stop" in Bvars.
	Ivars map[string]int64
	Fvars map[string]float64
	Bvars map[string]bool
	Tvars map[string]*Tensor

	method  string
	tracker LobpcgTracker
}

func newLOBPCG(a, b, x *Tensor, c *lobpcgCall, p lobpcgParameters) *LOBPCG {
	m, n := p.ints["m"], p.ints["n"]
	zeros := func(size ...int64) *Tensor { return Zeros(size, x.DType(), x.Device()) }
	return &LOBPCG{
		A: a, B: b, IK: c.iK, X: x, E: zeros(n), R: zeros(m, n), S: zeros(m, 3*n),
		Iparams: p.ints, Fparams: p.floats, Bparams: p.bools,
		Ivars: map[string]int64{"istep": 0}, Fvars: map[string]float64{}, Bvars: map[string]bool{}, Tvars: map[string]*Tensor{},
		method: c.method, tracker: c.tracker,
	}
}

func (w *LOBPCG) run() {
	for {
		w.update()
		if w.tracker != nil {
			w.tracker(w)
		}
		if w.Bvars["force_stop"] || w.Ivars["iterations_left"] == 0 || w.Ivars["converged_count"] >= w.Iparams["k"] {
			return
		}
	}
}

func (w *LOBPCG) update() {
	if w.Ivars["istep"] == 0 {
		norm := norm(w.X)
		w.Fvars["X_norm"] = norm
		w.Fvars["A_norm"] = vectorNorm(matmul(w.A, w.X)).Item() * (1 / norm)
		w.Fvars["B_norm"] = vectorNorm(matmul(w.B, w.X)).Item() * (1 / norm)
		w.Ivars["iterations_left"] = w.Iparams["niter"]
	}
	if w.method == "ortho" {
		w.updateOrtho()
	} else {
		w.updateBasic()
	}
	w.Ivars["iterations_left"]--
	w.Ivars["istep"]++
}

func (w *LOBPCG) updateResidual() {
	w.R = matmul(w.A, w.X).Sub(matmul(w.B, w.X).Mul(w.E))
}

// updateConvergedCount counts how many of the first eigenpairs have converged.
func (w *LOBPCG) updateConvergedCount() int64 {
	before := w.Ivars["converged_count"]
	e := opSliceTensor(w.E, 0, optional[int64]{}, some(w.X.Size(-1)), 1)
	scale := e.Abs().Mul(w.Fvars["B_norm"]).Add(w.Fvars["A_norm"])
	rerr := columnNorms(w.R).Div(columnNorms(w.X).Mul(scale))
	count := int64(0)
	for _, converged := range Data[bool](rerr.Lt(w.Fparams["tol"])) {
		if !converged {
			break // the following ones do not count, which keeps them in order
		}
		count++
	}
	if count < before {
		panic(NewError("AssertionError", "the number of converged eigenpairs (was %d, got %d) cannot decrease", before, count))
	}
	w.Ivars["converged_count"] = count
	w.Tvars["rerr"] = rerr
	return count
}

func (w *LOBPCG) updateBasic() {
	n, nc, ns := w.Iparams["n"], w.Ivars["converged_count"], w.Ivars["converged_end"]
	np := int64(0)
	var p *Tensor
	if w.Ivars["istep"] == 0 {
		ri := w.rayleighRitz(w.X)
		e, z := symeig(qform(qform(w.A, w.X), ri), w.Bparams["largest"])
		w.X.Copy_(opMatmul(w.X, opMatmul(ri, z)))
		w.E.Copy_(e)
	} else {
		s := columns(w.S, nc, ns)
		ri := w.rayleighRitz(s)
		e, z := symeig(qform(qform(w.A, s), ri), w.Bparams["largest"])
		columns(w.X, nc, n).Copy_(opMatmul(s, opMatmul(ri, columns(z, 0, n-nc))))
		w.takeEigenvalues(e, nc)
		p = opMatmul(s, opMatmul(ri, columns(z, n, 2*n-nc)))
		np = p.Size(-1)
	}
	w.updateResidual()
	if counted := w.updateConvergedCount(); w.Ivars["istep"] > 0 {
		nc = counted
	}
	columns(w.S, 0, n).Copy_(w.X)
	if p != nil {
		columns(w.S, n, n+np).Copy_(p)
	}
	w.search(n+np, matmul(w.IK, columns(w.R, nc, n)))
}

func (w *LOBPCG) updateOrtho() {
	n, nc, ns := w.Iparams["n"], w.Ivars["converged_count"], w.Ivars["converged_end"]
	if w.Ivars["istep"] == 0 {
		ri := w.rayleighRitz(w.X)
		_, z := symeig(qform(qform(w.A, w.X), ri), w.Bparams["largest"])
		w.X = opMatmul(w.X, opMatmul(ri, z))
		w.updateResidual()
		w.updateConvergedCount()
		columns(w.S, 0, n).Copy_(w.X)
		w.search(n, w.orthogonal(w.R, w.X))
		return
	}
	s := columns(w.S, nc, ns)
	e, z := symeig(qform(w.A, s), w.Bparams["largest"])
	columns(w.X, nc, n).Copy_(opMatmul(s, columns(z, 0, n-nc)))
	w.takeEigenvalues(e, nc)
	rest := columns(z, n-nc, z.Size(-1))
	top := opSliceTensor(rest, 0, optional[int64]{}, some(n-nc), 1)
	p := opMatmul(s, opMatmul(rest, orthonormal(top.MT())))
	end := n + p.Size(-1)

	w.updateResidual()
	nc = w.updateConvergedCount()
	columns(w.S, 0, n).Copy_(w.X)
	columns(w.S, n, end).Copy_(p)
	w.search(end, w.orthogonal(columns(w.R, nc, n), columns(w.S, 0, end)))
}

// takeEigenvalues replaces those that have not converged.
func (w *LOBPCG) takeEigenvalues(e *Tensor, converged int64) {
	n := w.Iparams["n"]
	opSliceTensor(w.E, 0, some(converged), some(n), 1).Copy_(opSliceTensor(e, 0, optional[int64]{}, some(n-converged), 1))
}

// search ends the search space with the columns of directions.
func (w *LOBPCG) search(from int64, directions *Tensor) {
	end := from + directions.Size(-1)
	w.Ivars["converged_end"] = end
	columns(w.S, from, end).Copy_(directions)
}

// rayleighRitz returns the matrix that makes the generalized problem in the span
// of s an ordinary one.
func (w *LOBPCG) rayleighRitz(s *Tensor) *Tensor {
	sbs := qform(w.B, s)
	row := opDiagonal(sbs, 0, -2, -1).Pow(-0.5)
	column := row.Reshape(row.Size(0), 1)
	r := opLinalgCholesky(sbs.Mul(row).Mul(column), true)
	return opLinalgSolveTriangular(r, opDiagEmbed(row, 0, -2, -1), true, false, false)
}

// svqb makes the columns of u B-orthonormal, by the singular value decomposition
// of Duersch's algorithm 4.
func (w *LOBPCG) svqb(u *Tensor, drop bool, tau float64) *Tensor {
	if u.Numel() == 0 {
		return u
	}
	ubu := qform(w.B, u)
	d := opDiagonal(ubu, 0, -2, -1)
	// Columns of zeros would be divided by their length.
	if nonzero := opWhere(d.Abs().Ne(0.))[0]; nonzero.Size(0) < d.Size(0) {
		u = opIndexSelect(u, 1, nonzero)
		if u.Numel() == 0 {
			return u
		}
		ubu = qform(w.B, u)
		d = opDiagonal(ubu, 0, -2, -1)
	}
	column := d.Pow(-0.5).Reshape(d.Size(0), 1)
	e, z := symeig(ubu.Mul(column).Mul(column.MT()), false)
	t := e.Abs().Max().Mul(tau)
	if drop {
		keep := opWhere(e.Gt(t))[0]
		e, z, column = opIndexSelect(e, 0, keep), opIndexSelect(z, 1, keep), opIndexSelect(column, 0, keep)
	} else {
		e.IndexPut_(t, opWhere(e.Lt(t))[0])
	}
	return opMatmul(u.Mul(column.MT()), z.Mul(e.Pow(-0.5)))
}

// orthogonal makes the columns of u B-orthonormal, and B-orthogonal to those of
// v: Duersch's algorithm 3, or 6 with "ortho_use_drop". There are fewer, or none,
// if some are in the span of v.
func (w *LOBPCG) orthogonal(u, v *Tensor) *Tensor {
	for name := range w.Fvars {
		if strings.HasPrefix(name, "ortho_") && strings.HasSuffix(name, "_rerr") {
			delete(w.Fvars, name)
		}
	}
	tol, imax := w.Fparams["ortho_tol"], w.Iparams["ortho_i_max"]
	bv := vectorNorm(matmul(w.B, v))
	vbu := opMatmul(v.MT(), matmul(w.B, u))
	w.Ivars["ortho_i"], w.Ivars["ortho_j"] = 0, 0
	for i := range imax {
		w.Ivars["ortho_i"] = i
		u = w.normalize(u.Sub(opMatmul(v, vbu)), i)
		if u.Numel() == 0 {
			return u
		}
		vbu = opMatmul(v.MT(), matmul(w.B, u))
		rerr := norm(vbu) * (1 / bv.Mul(vectorNorm(u)).Item())
		w.Fvars[fmt.Sprintf("ortho_VBU_rerr[%d]", i)] = rerr
		if rerr < tol {
			break
		}
		if w.Iparams["m"] < u.Size(-1)+v.Size(-1) {
			if w.B == nil {
				panic(NewError("AssertionError", "B must not be None"))
			}
			refuse(valueErrorKind, "Overdetermined shape of U: #B-cols(=%d) >= #U-cols(=%d) + #V-cols(=%d) must hold",
				w.B.Size(-1), u.Size(-1), v.Size(-1))
		}
	}
	return u
}

// normalize is the inner loop of orthogonal, until u is orthonormal.
func (w *LOBPCG) normalize(u *Tensor, i int64) *Tensor {
	drop, tau := false, w.Fparams["ortho_tol_drop"]
	for j := range w.Iparams["ortho_j_max"] {
		w.Ivars["ortho_j"] = j
		if w.Bparams["ortho_use_drop"] {
			u = w.svqb(u, drop, tau)
			drop, tau = true, w.Fparams["ortho_tol_replace"]
		} else {
			u = w.svqb(u, false, w.Fparams["ortho_tol_replace"])
		}
		if u.Numel() == 0 {
			return u
		}
		bu := matmul(w.B, u)
		ubu := opMatmul(u.MT(), bu)
		r := ubu.Sub(Eye(ubu.Size(-1), ubu.DType(), ubu.Device()))
		rerr := norm(r) * (1 / vectorNorm(bu).Mul(vectorNorm(u)).Item())
		w.Fvars[fmt.Sprintf("ortho_UBUmI_rerr[%d, %d]", i, j)] = rerr
		if rerr < w.Fparams["ortho_tol"] {
			break
		}
	}
	return u
}

// qform is the quadratic form of a, in which nil is the identity.
func qform(a, s *Tensor) *Tensor { return matmul(s.MT(), matmul(a, s)) }

// symeig returns eigenvalues in order, and eigenvectors.
func symeig(a *Tensor, largest bool) (e, z *Tensor) {
	e, z = opLinalgEigh(a, "U")
	if largest {
		return e.Flip(-1), z.Flip(-1)
	}
	return e, z
}

func vectorNorm(t *Tensor) *Tensor { return opLinalgVectorNorm(t, intScalar(2), nil, false, 0) }

func norm(t *Tensor) float64 { return vectorNorm(t).Item() }

func columnNorms(t *Tensor) *Tensor { return opLinalgVectorNorm(t, intScalar(2), []int64{0}, false, 0) }
