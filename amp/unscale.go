package amp

import (
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// An optimizerState is what a scaler knows of an optimizer since the last Update.
type optimizerState struct {
	optimizer optim.Optimizer
	stage     stage
	found     []*torch.Tensor // for each device, not zero if a gradient was infinite or NaN
}

// A stage is how far an optimizer has come since the last Update.
type stage int

const (
	ready stage = iota
	unscaled
	stepped
)

// of returns the state of an optimizer.
func (s *GradScaler) of(o optim.Optimizer) *optimizerState {
	requireOptimizer(o)
	for _, state := range s.optimizers {
		if state.optimizer == o {
			return state
		}
	}
	state := &optimizerState{optimizer: o}
	s.optimizers = append(s.optimizers, state)
	return state
}

// unscale multiplies the gradients of an optimizer's parameters by inverse, and
// returns what it found for each device that they are on.
func unscale(o optim.Optimizer, inverse *torch.Tensor, allowFloat16 bool) (found []*torch.Tensor) {
	torch.NoGrad(func() {
		inverses := replicas{master: inverse}
		founds := replicas{master: torch.Zeros(nil, torch.Float32, inverse.Device())}
		for _, g := range gradients(o, allowFloat16) {
			operators().AmpForeachNonFiniteCheckAndUnscale_(g.tensors, founds.on(g.device), inverses.on(g.device))
		}
		for _, t := range founds.copies {
			found = append(found, torch.Keep(t))
		}
	})
	return found
}

// A gradientGroup is gradients on one device and of one dtype.
type gradientGroup struct {
	device  torch.Device
	dtype   torch.DType
	tensors []*torch.Tensor
}

// gradients returns the gradients of an optimizer's parameters; of sparse ones,
// the values.
func gradients(o optim.Optimizer, allowFloat16 bool) (groups []*gradientGroup) {
	for _, group := range o.ParamGroups() {
		for _, p := range group.Params {
			grad := p.Grad()
			if grad == nil {
				continue
			}
			if !allowFloat16 && grad.DType() == torch.Float16 {
				panic(torch.NewError("ValueError", "Attempting to unscale FP16 gradients."))
			}
			if grad.IsSparse() {
				grad = sparseValues(p, grad)
			}
			groups = add(groups, grad)
		}
	}
	return groups
}

// sparseValues returns the values of a sparse gradient. Where values of float16
// are to be added, as they are for the same indices, the sum may be infinite:
// that must be found, too.
func sparseValues(p, grad *torch.Tensor) *torch.Tensor {
	if grad.DType() == torch.Float16 {
		grad = grad.Coalesce()
		p.SetGrad(grad)
	}
	return operators().Values(grad)
}

func add(groups []*gradientGroup, t *torch.Tensor) []*gradientGroup {
	device, dtype := t.Device(), t.DType()
	for _, g := range groups {
		if g.device == device && g.dtype == dtype {
			g.tensors = append(g.tensors, t)
			return groups
		}
	}
	return append(groups, &gradientGroup{device, dtype, []*torch.Tensor{t}})
}

// replicas are copies of a tensor on several devices.
type replicas struct {
	master  *torch.Tensor
	devices []torch.Device
	copies  []*torch.Tensor
}

// on returns the copy on this device, and makes it at first.
func (r *replicas) on(d torch.Device) *torch.Tensor {
	for i, device := range r.devices {
		if device == d {
			return r.copies[i]
		}
	}
	t := r.master.To(d, torch.NonBlocking(true), torch.Copy(true))
	r.devices, r.copies = append(r.devices, d), append(r.copies, t)
	return t
}

// sum adds what was found on several devices up; nil for nothing.
func sum(found []*torch.Tensor, d torch.Device) *torch.Tensor {
	var total *torch.Tensor
	for _, t := range found {
		t = t.To(d, torch.NonBlocking(true))
		if total == nil {
			total = t
		} else {
			total = total.Add(t)
		}
	}
	return total
}
