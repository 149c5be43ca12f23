package autograd

import (
	"fmt"
	"strconv"
	"strings"
)

// A ProductOption is an option of [Vjp], [Jvp], [Hvp] and [Vhp]: [CreateGraph],
// [Strict].
type ProductOption interface{ product(*options) }

// A JacobianOption is an option of [Jacobian] and [JacobianList]:
// [CreateGraph], [Strict], [Vectorize], [Strategy].
type JacobianOption interface{ jacobian(*options) }

// A HessianOption is an option of [Hessian] and [HessianList]: [CreateGraph],
// [Strict], [Vectorize], [OuterJacobianStrategy].
type HessianOption interface{ hessian(*options) }

type options struct {
	createGraph, strict, vectorize bool
	strategy                       string
}

// CreateGraph records the computation, for higher derivatives. The default is
// false.
type CreateGraph bool

// Strict refuses inputs that an output does not depend on, rather than return
// zeros for them. The default is false.
type Strict bool

// Vectorize computes all rows of a Jacobian at once. The default is false.
type Vectorize bool

// Strategy is how to compute a Jacobian: "reverse-mode", which is the default,
// or "forward-mode", which is faster for more outputs than inputs and needs
// Vectorize(true).
type Strategy string

// OuterJacobianStrategy is the [Strategy] for the second derivative; the first
// is always computed in reverse mode.
type OuterJacobianStrategy string

func (c CreateGraph) product(o *options)           { o.createGraph = bool(c) }
func (c CreateGraph) jacobian(o *options)          { o.createGraph = bool(c) }
func (c CreateGraph) hessian(o *options)           { o.createGraph = bool(c) }
func (s Strict) product(o *options)                { o.strict = bool(s) }
func (s Strict) jacobian(o *options)               { o.strict = bool(s) }
func (s Strict) hessian(o *options)                { o.strict = bool(s) }
func (v Vectorize) jacobian(o *options)            { o.vectorize = bool(v) }
func (v Vectorize) hessian(o *options)             { o.vectorize = bool(v) }
func (s Strategy) jacobian(o *options)             { o.strategy = string(s) }
func (s OuterJacobianStrategy) hessian(o *options) { o.strategy = string(s) }

func productOptions(opts []ProductOption) (o options) {
	for _, opt := range opts {
		opt.product(&o)
	}
	return o
}

func itoa(i int) string { return strconv.Itoa(i) }

// sizeText is the text of a torch.Size.
func sizeText(shape []int64) string {
	return "torch.Size([" + strings.Trim(strings.ReplaceAll(fmt.Sprint(shape), " ", ", "), "[]") + "])"
}
