package utils

import (
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// A NormOption is an option of [GetTotalNorm] and [ClipGradNorm_]: [NormType],
// [ErrorIfNonfinite], [Foreach].
type NormOption interface{ normOption() }

// NormType is the order of a norm, math.Inf(1) for the largest element. Its
// default is 2.
type NormType float64

// ErrorIfNonfinite has a total norm that is infinite or not a number panic. Its
// default is false.
type ErrorIfNonfinite bool

// Foreach says whether one operator works on all tensors at once. By default it
// does where there are such operators: on the CPU and on CUDA.
type Foreach bool

func (NormType) normOption()         {}
func (ErrorIfNonfinite) normOption() {}
func (Foreach) normOption()          {}

// normOptions are those of one call.
type normOptions struct {
	order    float64
	finite   bool
	oneByOne bool // Foreach(false)
}

func readNormOptions(opts []NormOption) normOptions {
	read := normOptions{order: 2}
	for _, o := range opts {
		switch o := o.(type) {
		case NormType:
			read.order = float64(o)
		case ErrorIfNonfinite:
			read.finite = bool(o)
		case Foreach:
			read.oneByOne = !bool(o)
		}
	}
	return read
}

// GetTotalNorm returns the norm of all elements of the tensors together: the norm
// of the tensors' norms. Without tensors it is 0. Python's
// torch.nn.utils.get_total_norm.
func GetTotalNorm(tensors []*torch.Tensor, opts ...NormOption) *torch.Tensor {
	o := readNormOptions(opts)
	var total *torch.Tensor
	torch.NoGrad(func() { total = o.totalNorm(tensors) })
	return total
}

func (o normOptions) totalNorm(tensors []*torch.Tensor) *torch.Tensor {
	if len(tensors) == 0 {
		return torch.NewTensor(float32(0))
	}
	var norms []*torch.Tensor
	for _, group := range byDeviceAndDType(tensors) {
		norms = append(norms, o.norms(group)...)
	}
	first := tensors[0].Device()
	for i, norm := range norms {
		norms[i] = norm.To(first)
	}
	total := torch.LinalgVectorNorm(torch.Stack(norms), torch.Ord(o.order))
	if o.finite && !torch.ItemOf[bool](total.Isfinite()) {
		raise("RuntimeError", "The total norm of order %s for gradients from `parameters` is non-finite, so it cannot be clipped. "+
			"To disable this error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`",
			pytext.Float(o.order))
	}
	return total
}

func (o normOptions) norms(tensors []*torch.Tensor) []*torch.Tensor {
	if !o.oneByOne {
		return torch.ForeachNorm(tensors, o.order)
	}
	var norms []*torch.Tensor
	for _, t := range tensors {
		norms = append(norms, torch.LinalgVectorNorm(t, torch.Ord(o.order)))
	}
	return norms
}

// byDeviceAndDType groups tensors, in the order in which each kind comes first.
func byDeviceAndDType(tensors []*torch.Tensor) [][]*torch.Tensor {
	type kind struct {
		device torch.Device
		dtype  torch.DType
	}
	place := map[kind]int{}
	var groups [][]*torch.Tensor
	for _, t := range tensors {
		k := kind{t.Device(), t.DType()}
		i, known := place[k]
		if !known {
			i = len(groups)
			place[k] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], t)
	}
	return groups
}

func gradients(parameters []*torch.Tensor) []*torch.Tensor {
	var list []*torch.Tensor
	for _, p := range parameters {
		if g := p.Grad(); g != nil {
			list = append(list, g)
		}
	}
	return list
}

// ClipGradNorm_ scales the gradients of the parameters, in place, so that the
// norm of all together is maxNorm at most. It returns the norm that they had.
// Python's torch.nn.utils.clip_grad_norm_.
func ClipGradNorm_(parameters []*torch.Tensor, maxNorm float64, opts ...NormOption) *torch.Tensor {
	o := readNormOptions(opts)
	var total *torch.Tensor
	torch.NoGrad(func() {
		torch.Scope(func() {
			grads := gradients(parameters)
			total = torch.Keep(o.totalNorm(grads))
			scaleToNorm(grads, maxNorm, total, o.oneByOne)
		})
	})
	return total
}

// A ForeachOption is an option of [ClipGradsWithNorm_] and [ClipGradValue_]:
// [Foreach].
type ForeachOption interface{ foreachOption() }

func (Foreach) foreachOption() {}

func oneByOne(opts []ForeachOption) bool { return len(opts) > 0 && !bool(opts[len(opts)-1].(Foreach)) }

// ClipGradsWithNorm_ scales the gradients of the parameters, in place, as
// [ClipGradNorm_] does, by a total norm that was computed before. Python's
// torch.nn.utils.clip_grads_with_norm_.
func ClipGradsWithNorm_(parameters []*torch.Tensor, maxNorm float64, totalNorm *torch.Tensor, opts ...ForeachOption) {
	torch.NoGrad(func() {
		torch.Scope(func() { scaleToNorm(gradients(parameters), maxNorm, totalNorm, oneByOne(opts)) })
	})
}

// scaleToNorm multiplies by maxNorm/totalNorm if that is below 1. Multiplying by
// 1 otherwise saves a device from having to tell the host the norm.
func scaleToNorm(grads []*torch.Tensor, maxNorm float64, totalNorm *torch.Tensor, oneByOne bool) {
	if len(grads) == 0 {
		return
	}
	scale := torch.Reciprocal(totalNorm.Add(1e-6)).Mul(maxNorm).Clamp(torch.WithMax(1.0))
	for _, group := range byDeviceAndDType(grads) {
		there := scale.To(group[0].Device())
		if !oneByOne {
			torch.ForeachMul_(group, there)
			continue
		}
		for _, g := range group {
			g.Mul_(there)
		}
	}
}

// ClipGradValue_ clips the elements of the parameters' gradients, in place, to
// [-clipValue, clipValue]. Python's torch.nn.utils.clip_grad_value_.
func ClipGradValue_(parameters []*torch.Tensor, clipValue float64, opts ...ForeachOption) {
	torch.NoGrad(func() {
		for _, group := range byDeviceAndDType(gradients(parameters)) {
			if !oneByOne(opts) {
				torch.ForeachClampMin_(group, -clipValue)
				torch.ForeachClampMax_(group, clipValue)
				continue
			}
			for _, g := range group {
				g.Clamp_(torch.WithMin(-clipValue), torch.WithMax(clipValue))
			}
		}
	})
}
