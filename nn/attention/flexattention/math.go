package flexattention

import (
	"math"
	"slices"

	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/torch"
)

// attention is the computation, after Python's math_attention and sdpa_dense_backward. Its
// inputs are query, key, value, and what the score function captures; its outputs the
// attention, and the logarithms of sums and the greatest scores, both by base 2.
type attention struct {
	autograd.OnceDifferentiable
	scoreMod ScoreMod
	maskMod  MaskMod
	scale    float64
}

// Name returns the name of the node in the graph, as Python's.
func (a *attention) Name() string { return "FlexAttentionAutogradOp" }

// Forward computes the attention.
func (a *attention) Forward(ctx *autograd.FunctionCtx, inputs ...*torch.Tensor) []*torch.Tensor {
	query, key, value := inputs[0], inputs[1], inputs[2]
	ctx.SetMaterializeGrads(false)
	k, v := spread(query, key), spread(query, value)
	scores := a.scores(query, k)
	modified, _ := a.modified(scores)
	sums := modified.Logsumexp([]int64{-1})
	masked := modified.Eq(math.Inf(-1)).All(torch.Dim(-1))
	sums = torch.Where(masked, math.Inf(-1), sums)
	greatest, _ := modified.MaxDim(-1)
	weights := torch.Call("aten::_safe_softmax", modified, int64(-1))[0].(*torch.Tensor)
	out := likeStrides(weights.To(query.DType()).Matmul(v.To(query.DType())), query)
	lse, maxScores := sums.Div(math.Ln2), greatest.Div(math.Ln2)
	ctx.MarkNonDifferentiable(maxScores)
	ctx.SaveForBackward(append([]*torch.Tensor{query, key, value, out, lse}, inputs[3:]...)...)
	return []*torch.Tensor{out, lse, maxScores}
}

// Backward computes the gradients.
func (a *attention) Backward(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	saved := ctx.SavedTensors()
	query, key, value, out, lse, captured := saved[0], saved[1], saved[2], saved[3], saved[4], saved[5:]
	if query.DType() != key.DType() || query.DType() != value.DType() {
		panic(torch.NewError("ValueError", "Backward pass with mixed query, key, and value dtype is not supported, "+
			"got query.dtype=%s, key.dtype=%s, and value.dtype=%s", query.DType(), key.DType(), value.DType()))
	}
	gradOut, gradLse := grads[0], grads[1]
	if gradOut == nil {
		gradOut = torch.ZerosLike(out)
	}
	if gradLse == nil {
		gradLse = torch.ZerosLike(lse)
	}
	k, v := spread(query, key), spread(query, value)
	scores := a.scores(query, k)
	modified, mask := a.modified(scores)
	sums := lse.Mul(math.Ln2).Unsqueeze(-1)
	weights := torch.Where(sums.Eq(math.Inf(-1)), 0, modified.Sub(sums).Exp())
	gradValue := weights.To(query.DType()).Transpose(-2, -1).Matmul(gradOut)

	precise := func(t *torch.Tensor) *torch.Tensor { return t.To(weights.DType()) }
	gradWeights := precise(gradOut).Matmul(precise(v).Transpose(-2, -1))
	sumScores := precise(out).Mul(precise(gradOut)).Sum(torch.Dim(-1), torch.Keepdim(true))
	gradModified := weights.Mul(gradWeights.Sub(sumScores).Add(gradLse.Div(math.Ln2).Unsqueeze(-1)))

	ofMod := a.modGradients(scores, gradModified, captured)
	gradScores := ofMod[0].Mul(a.scale).To(query.DType())
	gradScores = torch.Where(mask, gradScores, torch.ScalarTensor(0, query.DType(), query.Device()))
	gradQuery := gradScores.Matmul(k)
	gradKey := gradScores.Transpose(-2, -1).Matmul(query)
	return append([]*torch.Tensor{
		likeStrides(gradQuery, query), gathered(gradKey, key), gathered(gradValue, value),
	}, ofMod[1:]...)
}

// scores are the products of queries and keys, scaled.
func (a *attention) scores(query, key *torch.Tensor) *torch.Tensor {
	precision := torch.Float32
	if query.DType() == torch.Float64 {
		precision = torch.Float64
	}
	products := query.To(precision).Matmul(key.To(precision).Transpose(-2, -1))
	return products.Mul(a.scale).To(precision)
}

// modified returns what the functions make of the scores, and the mask.
func (a *attention) modified(scores *torch.Tensor) (modified, mask *torch.Tensor) {
	n := numbers(scores.Shape(), scores.Device())
	mask = a.maskMod.vmapped()(n[0], n[1], n[2], n[3])
	modified = a.scoreMod.vmapped()(scores, n[0], n[1], n[2], n[3])
	return torch.Where(mask, modified, torch.ScalarTensor(math.Inf(-1), scores.DType(), scores.Device())), mask
}

// modGradients returns the gradients of the score function with respect to the scores and to
// what it captures.
func (a *attention) modGradients(scores, grad *torch.Tensor, captured []*torch.Tensor) (grads []*torch.Tensor) {
	torch.EnableGrad(func() {
		inputs := append([]*torch.Tensor{scores.Detach().RequiresGrad_(true)}, captured...)
		var differentiable []*torch.Tensor
		for _, t := range inputs {
			if t.RequiresGrad() {
				differentiable = append(differentiable, t)
			}
		}
		n := numbers(scores.Shape(), scores.Device())
		modified := a.scoreMod.vmapped()(inputs[0], n[0], n[1], n[2], n[3])
		found := torch.Grad([]*torch.Tensor{modified}, differentiable, torch.WithGradient(grad.To(modified.DType())), torch.AllowUnused(true))
		for _, t := range inputs {
			if !t.RequiresGrad() {
				grads = append(grads, nil)
				continue
			}
			grads, found = append(grads, found[0]), found[1:]
		}
	})
	return grads
}

// numbers are 0, 1, ... for each dimension.
func numbers(shape []int64, device torch.Device) []*torch.Tensor {
	var all []*torch.Tensor
	for _, n := range shape {
		all = append(all, torch.Arange(n, device))
	}
	return all
}

// spread gives each head of queries, and each batch of them, keys or values of its own.
func spread(query, t *torch.Tensor) *torch.Tensor {
	shared := query.Size(1) / t.Size(1)
	t = t.RepeatInterleave(shared, torch.Dim(1))
	return t.Expand(append([]int64{query.Size(0)}, t.Shape()[1:]...)...)
}

// gathered sums gradients of what spread has made of t.
func gathered(grad, t *torch.Tensor) *torch.Tensor {
	heads, shape := t.Size(1), grad.Shape()
	grad = grad.View(shape[0], heads, shape[1]/heads, shape[2], shape[3]).Sum(torch.Dim(2))
	grad = likeStrides(grad, t)
	if t.Size(0) != grad.Size(0) {
		grad = grad.Sum(torch.Dim(0), torch.Keepdim(true))
	}
	return grad
}

// likeStrides copies a tensor to where its dimensions lie in the order of another's, with the
// last one innermost. Python's _permute_strides.
func likeStrides(t, like *torch.Tensor) *torch.Tensor {
	order := []int{0, 1, 2, 3}
	strides := like.Stride()
	slices.SortFunc(order, func(i, j int) int {
		if strides[i] != strides[j] {
			return int(strides[i] - strides[j])
		}
		return j - i
	})
	shape := t.Shape()
	permuted := stridesOf(shape, order)
	if last := len(shape) - 1; permuted[last] != 1 {
		order = slices.DeleteFunc(order, func(i int) bool { return i == last })
		permuted = stridesOf(shape, append([]int{last}, order...))
	}
	return torch.EmptyStrided(shape, permuted, t.DType(), t.Device()).Copy_(t)
}

// stridesOf are those of a tensor whose dimensions lie in this order, from the innermost.
func stridesOf(shape []int64, order []int) []int64 {
	strides := make([]int64, len(shape))
	stride := int64(1)
	for _, dim := range order {
		strides[dim] = stride
		stride *= shape[dim]
	}
	return strides
}
