package functorch

import (
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// Jacrev returns the function that computes the Jacobian of f in reverse mode,
// all rows at once. The Jacobian for an input has the output's dimensions, then
// the input's. Python's torch.func.jacrev.
//
// Reverse mode is faster for functions with fewer outputs than inputs, and
// [Jacfwd] for others.
func Jacrev[X Tree](f func(X) *torch.Tensor, opts ...JacrevOption) func(X) X {
	jacobian := jacrev(asList(withoutAux(f)), opts)
	return func(x X) X {
		rows, _ := jacobian(x)
		return rows[0]
	}
}

// JacrevAux is [Jacrev] for a function with a second result, which is returned
// as it is.
func JacrevAux[X, A Tree](f func(X) (*torch.Tensor, A), opts ...JacrevOption) func(X) (X, A) {
	return firstAnd(jacrev(asList(f), opts))
}

// JacrevList is [Jacrev] for a function with several outputs. Its result has
// the Jacobians of each output.
func JacrevList[X Tree](f func(X) []*torch.Tensor, opts ...JacrevOption) func(X) []X {
	return withoutSecond(jacrev(withoutAux(f), opts))
}

// Jacfwd returns the function that computes the Jacobian of f in forward mode,
// all columns at once. For its result see [Jacrev]. Python's torch.func.jacfwd.
func Jacfwd[X Tree](f func(X) *torch.Tensor, opts ...JacfwdOption) func(X) X {
	jacobian := jacfwd(asList(withoutAux(f)), opts)
	return func(x X) X {
		rows, _ := jacobian(x)
		return rows[0]
	}
}

// JacfwdAux is [Jacfwd] for a function with a second result, which is returned
// as it is.
func JacfwdAux[X, A Tree](f func(X) (*torch.Tensor, A), opts ...JacfwdOption) func(X) (X, A) {
	return firstAnd(jacfwd(asList(f), opts))
}

// JacfwdList is [Jacfwd] for a function with several outputs. Its result has
// the Jacobians of each output.
func JacfwdList[X Tree](f func(X) []*torch.Tensor, opts ...JacfwdOption) func(X) []X {
	return withoutSecond(jacfwd(withoutAux(f), opts))
}

// Hessian returns the function that computes the matrix of f's second
// derivatives: Jacfwd(Jacrev(f)). Python's torch.func.hessian.
func Hessian(f func(*torch.Tensor) *torch.Tensor, opts ...HessianOption) func(*torch.Tensor) *torch.Tensor {
	return Jacfwd(Jacrev(f, convert[JacrevOption](opts)...), convert[JacfwdOption](opts)...)
}

// HessianList is [Hessian] for a function of several tensors. The element i, j
// of its result is the Jacobian of the gradient for input i by input j.
func HessianList(f func([]*torch.Tensor) *torch.Tensor, opts ...HessianOption) func([]*torch.Tensor) [][]*torch.Tensor {
	return JacfwdList(Jacrev(f, convert[JacrevOption](opts)...), convert[JacfwdOption](opts)...)
}

func convert[T any](opts []HessianOption) []T {
	converted := make([]T, len(opts))
	for i, o := range opts {
		converted[i] = any(o).(T)
	}
	return converted
}

func asList[X, A Tree](f func(X) (*torch.Tensor, A)) func(X) ([]*torch.Tensor, A) {
	return func(x X) ([]*torch.Tensor, A) {
		y, aux := f(x)
		return []*torch.Tensor{y}, aux
	}
}

func firstAnd[X, A Tree](jacobian func(X) ([]X, A)) func(X) (X, A) {
	return func(x X) (X, A) {
		rows, aux := jacobian(x)
		return rows[0], aux
	}
}

func withoutSecond[X Tree](jacobian func(X) ([]X, none)) func(X) []X {
	return func(x X) []X {
		rows, _ := jacobian(x)
		return rows
	}
}

func jacrev[X, A Tree](f func(X) ([]*torch.Tensor, A), opts []JacrevOption) func(X) ([]X, A) {
	var o gradOptions
	for _, opt := range opts {
		opt.jacrev(&o)
	}
	if o.chunked && o.chunkSize <= 0 {
		refuseValue("jacrev: `chunk_size` should be greater than 0.")
	}
	return func(x X) ([]X, A) {
		leaves := leavesOf(x)
		checkReal("jacrev", "inputs", leaves)
		outputs, fn, aux := vjp(f, x, &o)
		checkReal("jacrev", "outputs", outputs)
		primals := pick(leaves, o.diff(argumentsSpec(x), len(leaves)))
		stacked := jacobianRows(func(basis []*torch.Tensor) []*torch.Tensor { return leavesOf(fn(basis)) }, outputs, o.chunkSize)
		sizes := numels(outputs)
		rows := make([]X, len(outputs))
		parts := make([][]*torch.Tensor, len(primals))
		for j := range primals {
			parts[j] = stacked[j].Split(sizes, torch.Dim(0))
		}
		for i, out := range outputs {
			row := make([]*torch.Tensor, len(primals))
			for j, primal := range primals {
				row[j] = parts[j][i].View(slices.Concat(out.Shape(), primal.Shape())...)
			}
			rows[i] = likeTree(x, row)
		}
		return rows, aux
	}
}

// jacobianRows multiplies all rows of the unit matrix with the Jacobian, a chunk
// of them at a time.
func jacobianRows(vjp func([]*torch.Tensor) []*torch.Tensor, outputs []*torch.Tensor, chunkSize int64) []*torch.Tensor {
	var chunks [][]*torch.Tensor
	for _, basis := range standardBasis(outputs, chunkSize) {
		if chunkSize == 1 {
			rows := vjp(each(basis, func(t *torch.Tensor) *torch.Tensor { return t.Squeeze(torch.Dim(0)) }))
			chunks = append(chunks, each(rows, func(t *torch.Tensor) *torch.Tensor { return t.Unsqueeze(0) }))
		} else {
			chunks = append(chunks, vmapList(vjp, basis, "error"))
		}
	}
	if len(chunks) == 1 {
		return chunks[0]
	}
	stacked := make([]*torch.Tensor, len(chunks[0]))
	for j := range stacked {
		column := make([]*torch.Tensor, len(chunks))
		for i := range chunks {
			column[i] = chunks[i][j]
		}
		stacked[j] = torch.Cat(column)
	}
	return stacked
}

func jacfwd[X, A Tree](f func(X) ([]*torch.Tensor, A), opts []JacfwdOption) func(X) ([]X, A) {
	o := gradOptions{randomness: "error"}
	for _, opt := range opts {
		opt.jacfwd(&o)
	}
	return func(x X) ([]X, A) {
		leaves := leavesOf(x)
		checkReal("jacfwd", "inputs", leaves)
		places := o.diff(argumentsSpec(x), len(leaves))
		primals := pick(leaves, places)
		sizes := numels(primals)
		var outputs int
		var auxiliary A // for its structure
		push := func(basis []*torch.Tensor) []*torch.Tensor {
			values, tangents, aux := jvp(f, x, basis, places, false)
			checkReal("jacfwd", "outputs", values)
			outputs, auxiliary = len(tangents), aux
			return slices.Concat(tangents, leavesOf(aux))
		}
		checkRandomness(o.randomness)
		results := vmapList(push, standardBasis(primals, 0)[0], o.randomness)
		rows := make([]X, outputs)
		for i := range rows {
			columns := results[i].Movedim(0, -1).Split(sizes, torch.Dim(-1))
			for j, primal := range primals {
				columns[j] = unflatten(columns[j], primal.Shape())
			}
			rows[i] = likeTree(x, columns)
		}
		first := func(t *torch.Tensor) *torch.Tensor { return t.Select(0, 0) }
		return rows, likeTree(auxiliary, each(results[outputs:], first))
	}
}

// unflatten gives the last dimension this shape.
func unflatten(t *torch.Tensor, shape []int64) *torch.Tensor {
	if len(shape) == 0 {
		return t.Squeeze(torch.Dim(-1))
	}
	return t.Unflatten(-1, shape...)
}

func numels(tensors []*torch.Tensor) []int64 {
	sizes := make([]int64, len(tensors))
	for i, t := range tensors {
		sizes[i] = t.Numel()
	}
	return sizes
}

// standardBasis returns the rows of the unit matrix over all elements of the
// tensors, in the tensors' shapes: chunks of so many rows, or all.
func standardBasis(tensors []*torch.Tensor, chunkSize int64) [][]*torch.Tensor {
	sizes := numels(tensors)
	total := int64(0)
	for _, n := range sizes {
		total += n
	}
	if chunkSize == 0 || chunkSize > total {
		chunkSize = total
	}
	var chunks [][]*torch.Tensor
	for begin := int64(0); begin < total || begin == 0; begin += max(chunkSize, 1) {
		rows := min(chunkSize, total-begin)
		chunk := make([]*torch.Tensor, len(tensors))
		offset := begin
		for i, t := range tensors {
			c := t.NewZeros([]int64{rows, sizes[i]})
			c.Diagonal(torch.Offset(offset)).Fill_(1)
			offset -= sizes[i]
			chunk[i] = c.View(append([]int64{rows}, t.Shape()...)...)
		}
		chunks = append(chunks, chunk)
	}
	return chunks
}
