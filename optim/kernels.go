package optim

import (
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// list is tensors that go through the same arithmetic, one for each parameter.
type list = []*torch.Tensor

// kernels is arithmetic on lists. Every algorithm of this package is written
// once, over lists, and runs in two ways, between which PyTorch chooses, too:
// over a list for each parameter with eachTensor, or over lists of all
// parameters with foreach. Names are those of the operators; an underscore is
// in place.
type kernels interface {
	neg(a list) list
	add(a, b list, alpha float64) list // a + alpha*b
	add_(a, b list, alpha float64)
	addNumber(a list, number float64) list
	addNumber_(a list, number float64)
	mul_(a list, number float64)
	mulEach_(a, b list)
	div_(a, b list)
	divNumbers_(a list, numbers []float64)
	sqrt(a list) list
	sqrt_(a list)
	lerp_(a, end list, weight float64)
	maximum_(a, b list)
	addcmul_(a, b, c list, value float64) // a + value*b*c
	addcdiv_(a, b, c list, values []float64)
	increment(steps list)
}

// eachTensor computes with one tensor after the other.
type eachTensor struct{}

func mapList(a list, fn func(i int, t *torch.Tensor) *torch.Tensor) list {
	result := make(list, len(a))
	for i, t := range a {
		result[i] = fn(i, t)
	}
	return result
}

func (eachTensor) neg(a list) list {
	return mapList(a, func(_ int, t *torch.Tensor) *torch.Tensor { return t.Neg() })
}

func (eachTensor) add(a, b list, alpha float64) list {
	return mapList(a, func(i int, t *torch.Tensor) *torch.Tensor { return t.Add(b[i], torch.Alpha(alpha)) })
}

func (eachTensor) add_(a, b list, alpha float64) {
	for i, t := range a {
		t.Add_(b[i], torch.Alpha(alpha))
	}
}

func (eachTensor) addNumber(a list, number float64) list {
	return mapList(a, func(_ int, t *torch.Tensor) *torch.Tensor { return t.Add(number) })
}

func (eachTensor) addNumber_(a list, number float64) {
	for _, t := range a {
		t.Add_(number)
	}
}

func (eachTensor) mul_(a list, number float64) {
	for _, t := range a {
		t.Mul_(number)
	}
}

func (eachTensor) mulEach_(a, b list) {
	for i, t := range a {
		t.Mul_(b[i])
	}
}

func (eachTensor) div_(a, b list) {
	for i, t := range a {
		t.Div_(b[i])
	}
}

func (eachTensor) divNumbers_(a list, numbers []float64) {
	for i, t := range a {
		t.Div_(numbers[i])
	}
}

func (eachTensor) sqrt(a list) list {
	return mapList(a, func(_ int, t *torch.Tensor) *torch.Tensor { return t.Sqrt() })
}

func (eachTensor) sqrt_(a list) {
	for _, t := range a {
		t.Sqrt_()
	}
}

func (eachTensor) lerp_(a, end list, weight float64) {
	for i, t := range a {
		t.Lerp_(end[i], weight)
	}
}

// maximum_ has no operator for one tensor that works in place; the one for
// lists does the same.
func (eachTensor) maximum_(a, b list) { torch.ForeachMaximum_(a, b) }

func (eachTensor) addcmul_(a, b, c list, value float64) {
	for i, t := range a {
		t.Addcmul_(b[i], c[i], torch.Value(value))
	}
}

func (eachTensor) addcdiv_(a, b, c list, values []float64) {
	for i, t := range a {
		t.Addcdiv_(b[i], c[i], torch.Value(values[i]))
	}
}

func (eachTensor) increment(steps list) {
	for _, t := range steps {
		t.Add_(1)
	}
}

// foreach computes with all tensors at once.
type foreach struct{}

func (foreach) neg(a list) list                         { return torch.ForeachNeg(a) }
func (foreach) add(a, b list, alpha float64) list       { return torch.ForeachAdd(a, b, torch.Alpha(alpha)) }
func (foreach) add_(a, b list, alpha float64)           { torch.ForeachAdd_(a, b, torch.Alpha(alpha)) }
func (foreach) addNumber(a list, number float64) list   { return torch.ForeachAdd(a, number) }
func (foreach) addNumber_(a list, number float64)       { torch.ForeachAdd_(a, number) }
func (foreach) mul_(a list, number float64)             { torch.ForeachMul_(a, number) }
func (foreach) mulEach_(a, b list)                      { torch.ForeachMul_(a, b) }
func (foreach) div_(a, b list)                          { torch.ForeachDiv_(a, b) }
func (foreach) divNumbers_(a list, numbers []float64)   { torch.ForeachDiv_(a, numbers) }
func (foreach) sqrt(a list) list                        { return torch.ForeachSqrt(a) }
func (foreach) sqrt_(a list)                            { torch.ForeachSqrt_(a) }
func (foreach) lerp_(a, end list, weight float64)       { torch.ForeachLerp_(a, end, weight) }
func (foreach) maximum_(a, b list)                      { torch.ForeachMaximum_(a, b) }
func (foreach) addcmul_(a, b, c list, value float64)    { torch.ForeachAddcmul_(a, b, c, value) }
func (foreach) addcdiv_(a, b, c list, values []float64) { torch.ForeachAddcdiv_(a, b, c, values) }

// increment adds a tensor rather than a number to steps on the CPU, since a
// number would be wrapped into a tensor for each of them.
func (foreach) increment(steps list) {
	if steps[0].Device() != torch.CPU {
		torch.ForeachAdd_(steps, 1)
		return
	}
	one := torch.NewTensor(float32(1), torch.CPU)
	torch.ForeachAdd_(steps, one, torch.Alpha(1.0))
	one.Close()
}

// gradients are the gradients of parameters, which an algorithm may not write
// to, until it has made them its own.
type gradients struct {
	kernels
	tensors list
	own     bool
}

func (g *gradients) negate() { g.tensors, g.own = g.neg(g.tensors), true }

// add adds alpha * b.
func (g *gradients) add(b list, alpha float64) {
	if g.own {
		g.add_(g.tensors, b, alpha)
		return
	}
	g.tensors, g.own = g.kernels.add(g.tensors, b, alpha), true
}

// free frees what is not the parameters' own.
func (g *gradients) free() {
	if g.own {
		free(g.tensors)
	}
}

// free frees intermediates, whose memory is needed before the step ends.
func free(tensors list) {
	for _, t := range tensors {
		t.Close()
	}
}

// together is eachTensor for several small tensors on the CPU at once, where
// operators over lists are loops over the operators for one tensor, with the same
// bits. It saves most of the calls into libtorch.
type together struct{ foreach }

func (together) increment(steps list) { torch.ForeachAdd_(steps, 1) }

// apply runs an algorithm over lists that are parallel to the first, the
// parameters; lists that are empty stay empty. Without all, it runs for one
// parameter after the other; otherwise for all parameters of one device and
// dtype at once.
func apply(all bool, lists []list, algorithm func(kernels, []list)) {
	switch {
	case len(lists[0]) == 0:
	case all:
		for _, same := range groupByDeviceAndDtype(lists) {
			algorithm(foreach{}, same)
		}
	default:
		part := make([]list, len(lists))
		for i := range lists[0] {
			algorithm(eachTensor{}, between(part, lists, i, i+1))
		}
	}
}

// applyTogether is apply for algorithms that do the same to tensors together as
// one after the other.
func applyTogether(all bool, lists []list, algorithm func(kernels, []list)) {
	if all {
		apply(all, lists, algorithm)
		return
	}
	part := make([]list, len(lists))
	first := 0
	for _, n := range torch.SmallParts(lists[0], partElements) {
		if n == 1 {
			algorithm(eachTensor{}, between(part, lists, first, first+1))
		} else {
			algorithm(together{}, between(part, lists, first, first+int(n)))
		}
		first += int(n)
	}
}

// between sets part to a part of the lists, and returns it.
func between(part, lists []list, first, last int) []list {
	for j, l := range lists {
		if len(l) > 0 {
			part[j] = l[first:last]
		}
	}
	return part
}

// partElements is how many elements a part may have, so that intermediates stay
// small.
const partElements = 1 << 14

// groupByDeviceAndDtype splits parallel lists by the device and dtype of the
// tensors in the first, which is what operators over lists need to be fast.
func groupByDeviceAndDtype(lists []list) [][]list {
	type key struct {
		device torch.Device
		dtype  torch.DType
	}
	places := map[key]int{}
	var groups [][]list
	for i, p := range lists[0] {
		k := key{p.Device(), p.DType()}
		place, ok := places[k]
		if !ok {
			place = len(groups)
			places[k] = place
			groups = append(groups, make([]list, len(lists)))
		}
		for j, l := range lists {
			if len(l) > 0 {
				groups[place][j] = append(groups[place][j], l[i])
			}
		}
	}
	slices.Reverse(groups) // the order of libtorch's, which matters to Adafactor
	return groups
}
