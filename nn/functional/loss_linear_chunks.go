package functional

import (
	"math"

	"github.com/wangkuiyi/gotorch/torch"
)

// chunks computes linear cross entropy, and its gradients, a chunk of rows at a
// time. What a chunk needs is freed at its end.
//
// In mixed precision the operands have 16 bits, and sums 32. For each intermediate
// Python decides between the two, by what the device multiplies fast and by the
// policy. That shows in the last digits, so the decisions here are the same.
type chunks struct {
	chunkedCall
	input, linearWeight, target, linearBias, weight *torch.Tensor
	upstream                                        *torch.Tensor // the gradients of losses that are not reduced, or nil
	soft, cuda, mixed                               bool          // soft: targets are probabilities

	dtype, sums  torch.DType // of the operands, and of sums
	logitsDType  torch.DType
	lossDType    torch.DType
	productDType torch.DType // of a chunk of the input's gradient, and of the linear weight in it
	separate     bool        // whether a chunk's part of the weight's gradient is summed up by itself
	scale        float64     // of the loss of probabilities

	allClasses, allFactors *torch.Tensor // of the rows
	wideWeight             *torch.Tensor // linearWeight in productDType
	loss                   *torch.Tensor
	grads                  [chunkedOperands]*torch.Tensor
}

// run computes the loss and the gradients of the operands that need them; given
// the gradients of losses that are not reduced, only the gradients are of use.
func (call chunkedCall) run(operands []*torch.Tensor, upstream *torch.Tensor) (loss *torch.Tensor, grads []*torch.Tensor) {
	c := chunks{
		chunkedCall: call, input: operands[chunkedInput], linearWeight: operands[chunkedLinearWeight],
		target: operands[chunkedTarget], linearBias: operands[chunkedLinearBias], weight: operands[chunkedWeight], upstream: upstream,
	}
	c.plan()
	loss = torch.ScopeValue(func() *torch.Tensor {
		c.prepare()
		batch, size := c.input.Size(0), c.options.BatchChunkSize
		for first := int64(0); first < batch; first += size {
			torch.Scope(func() { c.chunk(first, min(size, batch-first)) })
		}
		for _, g := range c.grads {
			if g != nil {
				g = torch.Keep(g.To(c.dtype))
			}
			grads = append(grads, g)
		}
		return c.loss.To(c.dtype)
	})
	return loss, grads
}

// plan chooses the dtypes of intermediates.
func (c *chunks) plan() {
	c.dtype, c.sums = c.input.DType(), c.options.AccDtype
	c.mixed = c.dtype != c.sums
	if c.mixed && (c.sums != torch.Float32 || c.dtype != torch.Float16 && c.dtype != torch.BFloat16) {
		raise("RuntimeError", "linear_cross_entropy supports float32 acc_dtype with float16/bfloat16 inputs, but got %s acc_dtype "+
			"and %s inputs.", c.sums, c.dtype)
	}
	c.soft = c.target.IsFloatingPoint()
	c.cuda = c.input.Device().Type().String() == "cuda"
	compact := c.options.AccPolicy == "compact"
	c.logitsDType, c.lossDType = c.sums, c.sums
	if c.dtype == torch.Float16 && compact {
		c.logitsDType = c.dtype
	}
	if c.dtype == torch.BFloat16 {
		c.lossDType = c.dtype
	}
	c.productDType = c.logitsDType
	if c.cuda && compact {
		c.productDType = c.dtype
	}
	c.separate = !compact || !c.cuda && c.logitsDType != c.dtype
	c.scale = 1
	if c.soft && c.reduction == "mean" {
		c.scale = 1 / float64(c.input.Size(0)) // unused where there are none
	}
}

// prepare makes what all chunks share.
func (c *chunks) prepare() {
	batch, features := c.input.Size(0), c.input.Size(1)
	c.wideWeight = c.linearWeight
	if !c.cuda || c.needs[chunkedInput] {
		c.wideWeight = c.linearWeight.To(c.productDType)
	}
	switch {
	case c.unreduced():
		c.loss = torch.Empty([]int64{batch}, c.dtype, c.input.Device())
	case c.reduction == "mean" && batch == 0:
		c.loss = torch.Full(nil, math.NaN(), c.lossDType, c.input.Device())
	default:
		c.loss = torch.Zeros(nil, c.lossDType, c.input.Device())
	}
	if c.needs[chunkedInput] {
		dtype := c.sums
		if c.options.AccPolicy == "compact" {
			dtype = c.dtype
		}
		c.grads[chunkedInput] = torch.Empty([]int64{batch, features}, dtype, c.input.Device())
	}
	for i, t := range map[int]*torch.Tensor{chunkedLinearWeight: c.linearWeight, chunkedLinearBias: c.linearBias} {
		if c.needs[i] {
			c.grads[i] = torch.Zeros(t.Shape(), c.dtype, c.input.Device())
		}
	}
	if !c.soft {
		c.weighRows()
	}
}

// needsAny reports whether there are gradients to compute.
func (c *chunks) needsAny() bool {
	return c.needs[chunkedInput] || c.needs[chunkedLinearWeight] || c.needs[chunkedLinearBias]
}

// unreduced reports whether the losses of the rows are wanted, each for itself.
func (c *chunks) unreduced() bool { return c.reduction == "none" && c.upstream == nil }

// weighRows finds the class of each row, and its factor: the negative weight of
// the class, over the sum of all weights for the reduction "mean", and 0 where the
// class is the one to be ignored. Unreduced losses have positive weights.
func (c *chunks) weighRows() {
	ignored := c.target.Eq(c.ignoreIndex)
	c.allClasses = c.target
	if c.ignoreIndex < 0 || c.ignoreIndex >= c.linearWeight.Size(0) {
		c.allClasses = torch.Where(ignored, 0, c.target)
	}
	switch {
	case c.weight == nil:
		c.allFactors = ignored.LogicalNot().To(c.sums)
	case c.allClasses.Numel() > c.weight.Numel():
		c.allFactors = torch.Where(ignored, 0, c.weight.To(c.sums).IndexSelect(0, c.allClasses))
	default:
		c.allFactors = torch.Where(ignored, 0, c.weight.IndexSelect(0, c.allClasses).To(c.sums))
	}
	switch {
	case c.reduction == "mean":
		sum := c.allFactors.Sum()
		c.allFactors.Div_(torch.Where(sum.Eq(0), math.NaN(), sum.Neg()))
	case c.reduction == "sum":
		c.allFactors.Neg_()
	case c.upstream != nil:
		c.allFactors.Neg_().Mul_(c.upstream.To(c.sums))
	}
}

// A chunk of rows.
type chunk struct {
	*chunks
	first, n      int64
	input, wide   *torch.Tensor // in the operands' dtype, and in that of sums
	logits        *torch.Tensor // less the largest of their row; in the end, their gradients
	classes       *torch.Tensor
	probabilities *torch.Tensor // weighted
	factors       *torch.Tensor // of the rows
}

func (c *chunks) chunk(first, n int64) {
	k := chunk{chunks: c, first: first, n: n, input: c.input.Narrow(0, first, n)}
	k.wide = k.input.To(c.sums)
	forward, weight := k.input, c.wideWeight
	switch {
	case c.cuda:
		weight = c.linearWeight
	case c.dtype != c.logitsDType:
		forward = k.wide
	}
	k.logits = multiply(forward, weight.T(), c.logitsDType)
	if c.linearBias != nil {
		k.logits.Add_(c.linearBias.To(c.logitsDType))
	}
	k.logits.Sub_(k.logits.Amax(torch.Dim(1), torch.Keepdim(true)))
	if c.soft {
		k.weighProbabilities()
	} else {
		k.classes, k.factors = c.allClasses.Narrow(0, first, n), c.allFactors.Narrow(0, first, n)
	}
	switch {
	case c.unreduced():
		c.loss.Narrow(0, first, n).Copy_(k.losses())
	case c.soft:
		k.reduceProbabilities()
	default:
		k.reduce()
	}
}

// multiply returns the product of two matrices, in a dtype that the device turns
// its sums into.
func multiply(a, b *torch.Tensor, dtype torch.DType) *torch.Tensor {
	if a.DType() == dtype {
		return torch.Mm(a, b)
	}
	return torch.Mm(a, b, torch.OutDtype(dtype))
}

// weighProbabilities finds the weighted probabilities, and the factors of the
// rows, which are their sums.
func (k *chunk) weighProbabilities() {
	p := k.target.Narrow(0, k.first, k.n).To(k.logitsDType)
	if k.weight != nil {
		p = p.Mul(k.weight.To(k.logitsDType))
	}
	if k.upstream != nil {
		p = p.Mul(k.upstream.Narrow(0, k.first, k.n).Unsqueeze(1))
	}
	k.probabilities = p
	k.factors = p.Sum(torch.Dim(1), k.sums)
}

// exponentials replaces the logits by their exponentials and returns the rows'
// sums. Those of float16 would not fit into it.
func (k *chunk) exponentials() *torch.Tensor {
	dtype := k.sums
	if k.dtype == torch.Float16 {
		dtype = torch.Float32
	}
	return k.logits.Exp_().Sum(torch.Dim(1), dtype)
}

// losses returns the loss of each row.
func (k *chunk) losses() *torch.Tensor {
	if k.soft {
		expected := torch.Einsum("bv,bv->b", k.probabilities, k.logits)
		return k.exponentials().Log_().Mul_(k.factors).Sub_(expected)
	}
	logit := k.logits.Gather(1, k.classes.Unsqueeze(1)).Squeeze(torch.Dim(1))
	return k.exponentials().Log_().Sub_(logit).Mul_(k.factors)
}

// reduce adds to the loss and to the gradients, where each row has a class.
func (k *chunk) reduce() {
	logit := k.logits.Gather(1, k.classes.Unsqueeze(1)).Squeeze(torch.Dim(1))
	k.loss.Add_(k.factors.Dot(logit.To(k.sums)))
	sums := k.exponentials()
	if k.needsAny() {
		k.scaleLogits(sums)
	}
	k.loss.Sub_(k.factors.To(sums.DType()).Dot(sums.Log_()))
	if k.needs[chunkedLinearBias] {
		k.addToBias(func(bias *torch.Tensor) {
			bias.Sub_(k.logits.Sum(torch.Dim(0), k.sums))
			bias.IndexAdd_(0, k.classes, k.factors)
		})
	}
	if k.needs[chunkedInput] {
		k.setInputGrad(func(grad *torch.Tensor) {
			own := k.wideWeight.IndexSelect(0, k.classes)
			torch.Mul(own, k.factors.To(k.productDType).Unsqueeze(1), torch.Out(grad))
			grad.Addmm_(k.logits.To(k.productDType), k.wideWeight, torch.Alpha(-1))
		})
	}
	if k.needs[chunkedLinearWeight] {
		weight, own := k.grads[chunkedLinearWeight], k.wide.Mul(k.factors.Unsqueeze(1))
		if k.separate {
			part := multiply(k.logits.T(), k.wide, k.sums)
			part.IndexAdd_(0, k.classes, own, torch.Alpha(-1))
			weight.Sub_(part)
		} else {
			weight.Addmm_(k.logits.To(k.dtype).T(), k.input, torch.Alpha(-1))
			weight.IndexAdd_(0, k.classes, own.To(k.dtype))
		}
	}
}

// reduceProbabilities adds to the loss and to the gradients, where each row has
// probabilities.
func (k *chunk) reduceProbabilities() {
	if k.upstream == nil {
		k.loss.Sub_(k.expected(), torch.Alpha(k.scale))
	}
	factors := k.factors
	if k.scale != 1 {
		factors.Mul_(k.scale)
	}
	sums := k.exponentials()
	if k.needsAny() {
		k.scaleLogits(sums)
	}
	if k.upstream == nil {
		k.loss.Add_(factors.To(sums.DType()).Dot(sums.Log_()))
	}
	if k.needsAny() {
		k.logits.Sub_(k.probabilities, torch.Alpha(k.scale))
	}
	if k.needs[chunkedLinearBias] {
		k.addToBias(func(bias *torch.Tensor) { bias.Add_(k.logits.Sum(torch.Dim(0), k.sums)) })
	}
	if k.needs[chunkedInput] {
		k.setInputGrad(func(grad *torch.Tensor) {
			torch.Mm(k.logits.To(k.productDType), k.wideWeight, torch.Out(grad))
		})
	}
	if k.needs[chunkedLinearWeight] {
		if weight := k.grads[chunkedLinearWeight]; k.separate {
			weight.Add_(multiply(k.logits.T(), k.wide, k.sums))
		} else {
			weight.Addmm_(k.logits.To(k.dtype).T(), k.input)
		}
	}
}

// expected returns the sum of the logits times their probabilities. Sums of
// float16 would not fit into it.
func (k *chunk) expected() *torch.Tensor {
	if k.logitsDType == torch.Float16 {
		return torch.Einsum("bv,bv->b", k.probabilities, k.logits).Sum(torch.Float32)
	}
	return k.probabilities.Reshape(-1).Dot(k.logits.Reshape(-1))
}

// scaleLogits turns the logits' exponentials into the gradients of the logarithm
// of their sums, times the rows' factors.
func (k *chunk) scaleLogits(sums *torch.Tensor) {
	k.logits.Mul_(k.factors.Div(sums).To(k.logitsDType).Unsqueeze(1))
}

// setInputGrad has fn write the gradient of the chunk's input, where it belongs if
// the dtype allows: the address of a product shows in its last digits.
func (k *chunk) setInputGrad(fn func(grad *torch.Tensor)) {
	place := k.grads[chunkedInput].Narrow(0, k.first, k.n)
	if place.DType() == k.productDType {
		fn(place)
		return
	}
	grad := torch.Empty(place.Shape(), k.productDType, place.Device())
	fn(grad)
	place.Copy_(grad)
}

// addToBias has fn add to the bias' gradient, in the dtype of sums.
func (k *chunk) addToBias(fn func(bias *torch.Tensor)) {
	bias := k.grads[chunkedLinearBias]
	if !k.mixed {
		fn(bias)
		return
	}
	part := torch.Zeros(bias.Shape(), k.sums, bias.Device())
	fn(part)
	bias.Add_(part.To(k.dtype))
}
