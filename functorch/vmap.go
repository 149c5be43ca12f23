package functorch

import (
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/wangkuiyi/gotorch/torch"
)

// Vmap returns the function that applies f to each sample of a batch, with
// operators that work on the whole batch. f is written for one sample, and may
// be a function of any type; Vmap returns one of the same type. Python's
// torch.func.vmap and torch.vmap.
//
//	batchDot := functorch.Vmap(dot)             // [N, D], [N, D] -> [N]
//	perSample := functorch.Vmap(functorch.Grad(loss))
//
// Arguments and results may be tensors, and slices, arrays, maps with string
// keys and structs of tensors. Options of an operator that is transformed, as in
// Vmap(torch.Sum), are handed on. f cannot depend on the values in its tensors
// otherwise than through operators: Item panics, for example.
func Vmap[F any](f F, opts ...VmapOption) F {
	v := vmapping{name: nameOf(f), fn: reflect.ValueOf(f)}
	v.inDims, v.outDims, v.randomness = []any{0}, []any{0}, "error"
	for _, o := range opts {
		o.vmap(&v.vmapOptions)
	}
	checkRandomness(v.randomness)
	if v.chunked && v.chunkSize <= 0 {
		refuseValue("vmap: chunk_size should be None or greater than 0. (got %d)", v.chunkSize)
	}
	return reflect.MakeFunc(v.fn.Type(), v.call).Interface().(F)
}

func checkRandomness(randomness string) {
	if !slices.Contains([]string{"error", "different", "same"}, randomness) {
		refuse("Only allowed values for randomness are 'error', 'different', or 'same'. Got %s", randomness)
	}
}

// A function literal has a name such as main.run.func1, or that of the code
// that Vmap made.
var literal = regexp.MustCompile(`\.func\d+(\.\d+)*$|^reflect\.`)

// nameOf returns a function's name as Python would show it.
func nameOf(f any) string {
	v := reflect.ValueOf(f)
	if v.Kind() != reflect.Func || v.IsNil() {
		panic(torch.NewError("TypeError", "the first argument must be callable"))
	}
	name := runtime.FuncForPC(v.Pointer()).Name()
	if literal.MatchString(name) {
		return "<lambda>"
	}
	return strings.TrimSuffix(name[strings.LastIndexByte(name, '.')+1:], "-fm")
}

type vmapping struct {
	vmapOptions
	name string
	fn   reflect.Value
}

// A batch is the arguments of one call, taken apart.
type batch struct {
	leaves []leaf
	dims   []any // an int64 or nil for each leaf
	size   int64
}

// call is the transformed function.
func (v *vmapping) call(args []reflect.Value) []reflect.Value {
	v.checkOutDims()
	positional, options := v.arguments(args)
	b := v.batchOf(positional)
	run := func(leaves []leaf) []reflect.Value {
		return v.fn.Call(slices.Concat(rebuild(positional, leaves), options))
	}
	if v.chunked {
		return v.chunks(b, run)
	}
	results, leaves, _ := v.level(b, run)
	return rebuild(results, leaves)
}

// arguments separates what f gets by position, and options, which Vmap does not
// look at. A final parameter of the type ...*torch.Tensor is further positions.
func (v *vmapping) arguments(args []reflect.Value) (positional, options []reflect.Value) {
	if !v.fn.Type().IsVariadic() {
		return args, nil
	}
	last := args[len(args)-1]
	positional = args[:len(args)-1]
	rest := make([]reflect.Value, last.Len())
	for i := range rest {
		rest[i] = last.Index(i)
	}
	if last.Type().Elem() == tensorType {
		return slices.Concat(positional, rest), nil
	}
	return positional, rest
}

func (v *vmapping) batchOf(args []reflect.Value) batch {
	if len(args) == 0 {
		refuseValue("vmap(%s)(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a "+
			"function with no inputs. The latter is unsupported.", v.name)
	}
	leaves, specs := flatten(args)
	dims, ok := broadcast(v.checkedInDims(), tupleSpec(specs...))
	if !ok {
		v.refuseInputs("in_dims is not compatible with the structure of `inputs`. in_dims has structure %s but inputs has "+
			"structure %s.", dimsSpec(v.inDims), tupleSpec(specs...))
	}
	for i, l := range leaves {
		dims[i] = v.inDim(dims[i], l)
	}
	return batch{leaves, dims, batchSize(leaves, dims)}
}

func (v *vmapping) refuseInputs(format string, args ...any) {
	refuseValue("vmap(%s, in_dims=%s, ...)(<inputs>): "+format, append([]any{v.name, dimsText(v.inDims)}, args...)...)
}

// checkedInDims returns the in_dims as broadcast wants them.
func (v *vmapping) checkedInDims() any {
	if single(v.inDims) {
		if _, ok := dimOf(v.inDims[0]); !ok {
			v.refuseInputs("expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, got: %s.",
				leafOf(reflect.ValueOf(&v.inDims[0]).Elem()).typeText())
		}
	}
	return unlessSingle(v.inDims)
}

// inDim checks the dimension for one leaf. It returns an int64 that is not
// negative, or nil.
func (v *vmapping) inDim(dim any, l leaf) any {
	if dim == nil {
		return nil
	}
	d, ok := dimOf(dim)
	if !ok {
		v.refuseInputs("Got in_dim=%v for an input but in_dim must be either an integer dimension or None.", dim)
	}
	if l.tensor == nil {
		v.refuseInputs("Got in_dim=%d for an input but the input is of type %s. We cannot vmap over non-Tensor arguments, "+
			"please use None as the respective in_dim", d, l.typeText())
	}
	n := l.tensor.Dim()
	if d < -n || d >= n {
		v.refuseInputs("Got in_dim=%d for some input, but that input is a Tensor of dimensionality %d so expected in_dim to "+
			"satisfy -%[4]d <= in_dim < %[4]d.", d, n)
	}
	if d < 0 {
		d += n
	}
	return d
}

func batchSize(leaves []leaf, dims []any) int64 {
	var sizes []int64
	for i, l := range leaves {
		if dims[i] != nil {
			sizes = append(sizes, l.tensor.Size(dims[i].(int64)))
		}
	}
	if len(sizes) == 0 {
		refuseValue("vmap: Expected at least one Tensor to vmap over")
	}
	for _, size := range sizes {
		if size != sizes[0] {
			refuseValue("vmap: Expected all tensors to have the same size in the mapped dimension, got sizes [%s] for the "+
				"mapped dimension", strings.Trim(strings.ReplaceAll(tupleText(sizes), ",)", ")"), "()"))
		}
	}
	return sizes[0]
}

// level runs the function in a layer for the batch. It returns the results,
// their leaves without the layer's wrappers, and the dimension of each.
func (v *vmapping) level(b batch, run func([]leaf) []reflect.Value) (results []reflect.Value, leaves []leaf, dims []any) {
	layers.Vmap(b.size, v.randomness, func(level int64) {
		batched := slices.Clone(b.leaves)
		for i, l := range batched {
			if b.dims[i] != nil {
				batched[i] = l.with(layers.AddBatchDim(l.tensor, b.dims[i].(int64), level))
			}
		}
		results = run(batched)
		leaves, dims = v.outputs(results)
		for i, l := range leaves {
			leaves[i] = v.unwrap(l, dims[i], level, b.size)
		}
	})
	return results, leaves, dims
}

// outputs returns the leaves of the results, and the dimension for each.
func (v *vmapping) outputs(results []reflect.Value) (leaves []leaf, dims []any) {
	if len(results) == 0 {
		v.refuseOutput("<class 'NoneType'>")
	}
	leaves, specs := flatten(results)
	structure := tupleSpec(specs...)
	if len(specs) == 1 {
		structure = specs[0]
	}
	outDims := unlessSingle(v.outDims)
	if structure.kind == leafNode && len(v.outDims) == 1 {
		outDims = v.outDims[0]
	}
	dims, ok := broadcast(outDims, structure)
	if !ok {
		refuseValue("vmap(%s, ..., out_dims=%s)(<inputs>): out_dims is not compatible with the structure of `outputs`. "+
			"out_dims has structure %s but outputs has structure %s.", v.name, dimsText(v.outDims), dimsSpec(v.outDims), structure)
	}
	return leaves, dims
}

func (v *vmapping) unwrap(l leaf, dim any, level, size int64) leaf {
	if dim == nil {
		if l.tensor != nil && layers.IsBatched(l.tensor) {
			refuseValue("vmap(%s, ...): `%[1]s` can not return a BatchedTensor when out_dim is None", v.name)
		}
		return l
	}
	if l.tensor == nil {
		v.refuseOutput(l.typeText())
	}
	d, _ := dimOf(dim)
	return l.with(layers.RemoveBatchDim(l.tensor, level, size, d))
}

func (v *vmapping) refuseOutput(typ string) {
	refuseValue("vmap(%s, ...): `%[1]s` must only return Tensors, got type %s. Did you mean to set out_dims= to None for output?",
		v.name, typ)
}

// checkOutDims refuses out_dims that are no integers.
func (v *vmapping) checkOutDims() {
	var check func(dim any)
	check = func(dim any) {
		switch d := dim.(type) {
		case nil:
		case []any:
			for _, child := range d {
				check(child)
			}
		case map[string]any:
			for _, child := range d {
				check(child)
			}
		default:
			if _, ok := dimOf(dim); !ok {
				refuseValue("vmap(%s, ..., out_dims=%s): `out_dims` must be an int, None or a python collection of ints representing "+
					"where in the outputs the vmapped dimension should appear.", v.name, dimsText(v.outDims))
			}
		}
	}
	check(v.outDims)
}

// chunks runs the function on chunks of the batch and joins the results.
func (v *vmapping) chunks(b batch, run func([]leaf) []reflect.Value) []reflect.Value {
	var results []reflect.Value
	var columns [][]*torch.Tensor // the chunks of each result
	var leaves []leaf
	var dims []any
	var state *torch.Tensor
	if v.randomness == "same" {
		state = torch.GetRngState()
	}
	for _, chunk := range v.split(b) {
		if chunk.size == 0 {
			continue
		}
		if state != nil {
			torch.SetRngState(state)
		}
		results, leaves, dims = v.level(chunk, run)
		if columns == nil {
			columns = make([][]*torch.Tensor, len(leaves))
		}
		for i, l := range leaves {
			columns[i] = append(columns[i], l.tensor)
		}
	}
	for i, l := range leaves {
		if d, ok := dimOf(dims[i]); ok {
			leaves[i] = l.with(torch.Cat(columns[i], torch.Dim(d)))
		}
	}
	return rebuild(results, leaves)
}

// split divides a batch.
func (v *vmapping) split(b batch) []batch {
	var ends []int64
	for end := v.chunkSize; end < b.size; end += v.chunkSize {
		ends = append(ends, end)
	}
	ends = append(ends, b.size)
	chunks := make([]batch, len(ends))
	for i := range chunks {
		chunks[i] = batch{slices.Clone(b.leaves), b.dims, min(ends[i], v.chunkSize)}
		if i > 0 {
			chunks[i].size = ends[i] - ends[i-1]
		}
	}
	for n, l := range b.leaves {
		if b.dims[n] == nil {
			continue
		}
		for i, part := range l.tensor.TensorSplit(ends, torch.Dim(b.dims[n].(int64)))[:len(chunks)] {
			chunks[i].leaves[n] = l.with(part)
		}
	}
	return chunks
}

// vmapList maps a function of lists of tensors over their first dimensions.
func vmapList(f func([]*torch.Tensor) []*torch.Tensor, args []*torch.Tensor, randomness string) []*torch.Tensor {
	var results []*torch.Tensor
	size := args[0].Size(0)
	layers.Vmap(size, randomness, func(level int64) {
		results = f(each(args, func(t *torch.Tensor) *torch.Tensor { return layers.AddBatchDim(t, 0, level) }))
		results = each(results, func(t *torch.Tensor) *torch.Tensor { return layers.RemoveBatchDim(t, level, size, 0) })
	})
	return results
}
