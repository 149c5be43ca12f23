package optim

import "github.com/wangkuiyi/gotorch/torch"

// scaling is what automatic mixed precision leaves to a step over fused
// operators: gradients are still multiplied by scale, and where found is not
// zero they are infinite or NaN, so that nothing may change. Either is nil if it
// is not so.
type scaling struct{ scale, found *torch.Tensor }

// StepSupportsAmpScaling reports whether Step takes gradients that are still
// scaled, as those of optimizers with [Fused] do. Package amp then leaves
// unscaling, and skipping the step, to [Base.SetGradScale] and
// [Base.SetFoundInf], which spares the processor a wait for the device. Python's
// _step_supports_amp_scaling.
func (o *Base) StepSupportsAmpScaling() bool { return o.defaults.flag("fused") }

// GradScale returns what gradients are multiplied by, or nil. Python's attribute
// grad_scale.
func (o *Base) GradScale() *torch.Tensor { return o.scaling.scale }

// SetGradScale says that gradients are multiplied by this tensor of one element,
// which steps then divide them by; nil is for gradients as they are. Steps that
// do not use fused operators panic.
func (o *Base) SetGradScale(scale *torch.Tensor) { o.scaling.scale = torch.Keep(scale) }

// FoundInf returns what tells whether to skip steps, or nil. Python's attribute
// found_inf.
func (o *Base) FoundInf() *torch.Tensor { return o.scaling.found }

// SetFoundInf has steps do nothing where this tensor of one element is not zero;
// nil ends that. Steps that do not use fused operators panic.
func (o *Base) SetFoundInf(found *torch.Tensor) { o.scaling.found = torch.Keep(found) }

// refuse is for steps that do not use fused operators.
func (s scaling) refuse(message string) {
	if s.scale != nil || s.found != nil {
		panic(torch.NewError("AssertionError", "%s", message))
	}
}

const expectedNoScale = "Expected grad_scale and found_inf to be None"

// on returns s with tensors on this device.
func (s scaling) on(d torch.Device) scaling { return scaling{moved(s.scale, d), moved(s.found, d)} }

// lrOn returns a learning rate for a step on this device: one on the CPU will do
// anywhere.
func lrOn(lr number, d torch.Device) any {
	if lr.Tensor != nil && !lr.Tensor.IsCpu() {
		return moved(lr.Tensor, d)
	}
	return lr.Any()
}

func moved(t *torch.Tensor, d torch.Device) *torch.Tensor {
	if t == nil || t.Device() == d {
		return t
	}
	return t.To(d, torch.NonBlocking(true))
}

// uncount takes back the count of steps that were skipped.
func (s scaling) uncount(steps list) {
	if s.found == nil {
		return
	}
	found := make(list, len(steps))
	for i := range found {
		found[i] = s.found
	}
	torch.ForeachSub_(steps, found)
}
