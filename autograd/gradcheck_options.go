package autograd

import "github.com/wangkuiyi/gotorch/torch"

// A GradcheckOption is an option of [Gradcheck].
type GradcheckOption interface{ gradcheck(*checker) }

// A GradgradcheckOption is an option of [Gradgradcheck].
type GradgradcheckOption interface{ gradgradcheck(*checker) }

// Options of [Gradcheck] and [Gradgradcheck].
type (
	// Eps is how far inputs are moved to compute differences. Its default is
	// 1e-6.
	Eps float64
	// Atol is the absolute tolerance between differences and gradients. Its
	// default is 1e-5.
	Atol float64
	// Rtol is the relative tolerance. Its default is 1e-3.
	Rtol float64
	// NondetTol is by how much two backward passes may differ. Its default is 0.
	NondetTol float64
	// CheckUndefinedGrad checks that gradients that are not there count as
	// zeros. Its default is true.
	CheckUndefinedGrad bool
	// CheckGradDtypes checks that gradients have the dtypes of their inputs. Its
	// default is false.
	CheckGradDtypes bool
	// CheckBatchedGrad checks that vmap computes the gradients of a batch, as
	// [torch.IsGradsBatched] does. Its default is false.
	CheckBatchedGrad bool
	// FastMode compares the product of the Jacobian with two random vectors, rather
	// than all its elements. Its default is false.
	FastMode bool
)

// Options of [Gradcheck].
type (
	// CheckForwardAD checks the gradients of forward mode. Its default is false.
	CheckForwardAD bool
	// CheckBackwardAD checks those of backward mode. Its default is true.
	CheckBackwardAD bool
	// CheckBatchedForwardGrad checks that vmap computes the gradients of a batch in
	// forward mode. Its default is false.
	CheckBatchedForwardGrad bool
)

// Options of [Gradgradcheck].
type (
	// GradOutputs are the gradients of the outputs. By default they are random.
	GradOutputs []*torch.Tensor
	// GenNonContigGradOutputs makes gradients that are not contiguous. Its default
	// is false.
	GenNonContigGradOutputs bool
	// CheckFwdOverRev checks the forward-mode gradients of the gradients. Its
	// default is false.
	CheckFwdOverRev bool
	// CheckRevOverRev checks the backward-mode gradients of the gradients. Its
	// default is true.
	CheckRevOverRev bool
)

func (o Eps) gradcheck(c *checker)                         { c.eps = float64(o) }
func (o Eps) gradgradcheck(c *checker)                     { c.eps = float64(o) }
func (o Atol) gradcheck(c *checker)                        { c.atol = float64(o) }
func (o Atol) gradgradcheck(c *checker)                    { c.atol = float64(o) }
func (o Rtol) gradcheck(c *checker)                        { c.rtol = float64(o) }
func (o Rtol) gradgradcheck(c *checker)                    { c.rtol = float64(o) }
func (o NondetTol) gradcheck(c *checker)                   { c.nondetTol = float64(o) }
func (o NondetTol) gradgradcheck(c *checker)               { c.nondetTol = float64(o) }
func (o CheckUndefinedGrad) gradcheck(c *checker)          { c.undefined = bool(o) }
func (o CheckUndefinedGrad) gradgradcheck(c *checker)      { c.undefined = bool(o) }
func (o CheckGradDtypes) gradcheck(c *checker)             { c.dtypes = bool(o) }
func (o CheckGradDtypes) gradgradcheck(c *checker)         { c.dtypes = bool(o) }
func (o CheckBatchedGrad) gradcheck(c *checker)            { c.batched = bool(o) }
func (o CheckBatchedGrad) gradgradcheck(c *checker)        { c.batched = bool(o) }
func (o FastMode) gradcheck(c *checker)                    { c.fast = bool(o) }
func (o FastMode) gradgradcheck(c *checker)                { c.fast = bool(o) }
func (o CheckForwardAD) gradcheck(c *checker)              { c.forward = bool(o) }
func (o CheckBackwardAD) gradcheck(c *checker)             { c.backward = bool(o) }
func (o CheckBatchedForwardGrad) gradcheck(c *checker)     { c.batchedForward = bool(o) }
func (o GradOutputs) gradgradcheck(c *checker)             { c.gradOutputs = o }
func (o GenNonContigGradOutputs) gradgradcheck(c *checker) { c.nonContiguous = bool(o) }
func (o CheckFwdOverRev) gradgradcheck(c *checker)         { c.forward = bool(o) }
func (o CheckRevOverRev) gradgradcheck(c *checker)         { c.backward = bool(o) }
