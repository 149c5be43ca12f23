package functorch

import (
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// A GradOption is an option of [Grad], [GradAndValue] and their Aux forms:
// [Argnums].
type GradOption interface{ grad(*gradOptions) }

// A JacrevOption is an option of [Jacrev] and its other forms: [Argnums],
// [ChunkSize].
type JacrevOption interface{ jacrev(*gradOptions) }

// A JacfwdOption is an option of [Jacfwd] and its other forms: [Argnums],
// [Randomness].
type JacfwdOption interface{ jacfwd(*gradOptions) }

// A HessianOption is an option of [Hessian] and [HessianList]: [Argnums].
type HessianOption interface {
	JacrevOption
	JacfwdOption
	hessian()
}

// A JvpOption is an option of [Jvp] and [JvpAux]: [Strict].
type JvpOption interface{ jvp(*gradOptions) }

// A VmapOption is an option of [Vmap]: [InDims], [OutDims], [Randomness],
// [ChunkSize].
type VmapOption interface{ vmap(*vmapOptions) }

// A FunctionalizeOption is an option of [Functionalize]: [Remove].
type FunctionalizeOption interface{ functionalize(*string) }

// A FunctionalCallOption is an option of [FunctionalCall] and
// [WithState]: [TieWeights], [Strict].
type FunctionalCallOption interface{ functionalCall(*callOptions) }

// A DebugUnwrapOption is an option of [DebugUnwrap]: [Recurse].
type DebugUnwrapOption interface{ debugUnwrap(*bool) }

type gradOptions struct {
	argnums    []int // nil: all
	chunkSize  int64 // 0: all at once
	chunked    bool
	randomness string
	strict     bool
}

type vmapOptions struct {
	inDims, outDims []any // one: for all
	randomness      string
	chunkSize       int64
	chunked         bool
}

type callOptions struct{ untied, strict bool }

type argnumsOption []int

// Argnums picks the arguments to differentiate for, among the tensors of a list;
// negative numbers count from the end. The default is all. The result has the
// derivatives for these alone, in their order.
func Argnums(argnums ...int) interface {
	GradOption
	HessianOption
} {
	return argnumsOption(append([]int{}, argnums...)) // not nil, which is all
}

func (o argnumsOption) grad(g *gradOptions)   { g.argnums = o }
func (o argnumsOption) jacrev(g *gradOptions) { g.argnums = o }
func (o argnumsOption) jacfwd(g *gradOptions) { g.argnums = o }
func (o argnumsOption) hessian()              {}

// ChunkSize has a function work on so many elements of the batch at a time,
// which takes less memory: rows of the Jacobian in [Jacrev], samples in [Vmap].
// The default is all at once.
type ChunkSize int64

func (c ChunkSize) jacrev(g *gradOptions) { g.chunkSize, g.chunked = int64(c), true }
func (c ChunkSize) vmap(v *vmapOptions)   { v.chunkSize, v.chunked = int64(c), true }

// Randomness says what operators that draw random numbers do for a batch:
// "error", which is the default, refuses them; "same" draws the same numbers for
// all samples, and "different" draws anew for each.
type Randomness string

func (r Randomness) jacfwd(g *gradOptions) { g.randomness = string(r) }
func (r Randomness) vmap(v *vmapOptions)   { v.randomness = string(r) }

// Strict has [Jvp] refuse an output that does not depend on the inputs, and
// [FunctionalCall] a state that does not have exactly the module's names. The
// default is false.
type Strict bool

func (s Strict) jvp(g *gradOptions)            { g.strict = bool(s) }
func (s Strict) functionalCall(c *callOptions) { c.strict = bool(s) }

type (
	inDimsOption  []any
	outDimsOption []any
)

// InDims says along which dimension [Vmap] maps each argument: an integer, of
// which negative ones count from the end, or nil for an argument that all
// samples share. A single integer is for all arguments; the default is 0. For an
// argument that is a list or a map, []any or map[string]any gives the dimension
// of each tensor.
func InDims(dims ...any) VmapOption { return inDimsOption(dims) }

// OutDims says where [Vmap] puts the dimension of the batch in each result, nil
// being for a result that does not depend on the batch. A single integer is for
// all results; the default is 0. For a list or a map see [InDims].
func OutDims(dims ...any) VmapOption { return outDimsOption(dims) }

func (o inDimsOption) vmap(v *vmapOptions)  { v.inDims = o }
func (o outDimsOption) vmap(v *vmapOptions) { v.outDims = o }

// Remove says what [Functionalize] removes: "mutations", which is the default,
// or "mutations_and_views".
type Remove string

func (r Remove) functionalize(remove *string) { *remove = string(r) }

// TieWeights has [FunctionalCall] replace a tensor that the module has under
// several names under all of them. The default is true.
type TieWeights bool

func (t TieWeights) functionalCall(c *callOptions) { c.untied = !bool(t) }

// Recurse has [DebugUnwrap] take off all wrappers. The default is true.
type Recurse bool

func (r Recurse) debugUnwrap(recurse *bool) { *recurse = bool(r) }

func gradOptionsOf[O GradOption](opts []O) (g gradOptions) {
	for _, o := range opts {
		o.grad(&g)
	}
	return g
}

// diff returns the places of the leaves to differentiate for. A tree that is no
// list is one argument.
func (g *gradOptions) diff(arguments *spec, leaves int) []int {
	all := make([]int, leaves)
	for i := range all {
		all[i] = i
	}
	if g.argnums == nil {
		return all
	}
	n := len(arguments.children)
	picked := make([]int, len(g.argnums))
	for i, num := range g.argnums {
		picked[i] = num
		if num < 0 {
			picked[i] += n
		}
		if num >= n || num < -n {
			refuse("Got argnum=%d, but only %d positional inputs", num, n)
		}
	}
	if len(picked) == 0 {
		refuse("argnums must be non-empty")
	}
	for i, num := range picked {
		if slices.Contains(picked[:i], num) {
			refuse("argnums elements must be unique, got %s", tupleText(picked))
		}
	}
	if arguments.children[0].kind != leafNode {
		return all // the one argument is a map
	}
	return picked
}

func pick(tensors []*torch.Tensor, places []int) []*torch.Tensor {
	picked := make([]*torch.Tensor, len(places))
	for i, place := range places {
		picked[i] = tensors[place]
	}
	return picked
}
