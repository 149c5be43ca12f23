package swa

import (
	"reflect"
	"slices"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/optim/internal/scalar"
	"github.com/wangkuiyi/gotorch/torch"
)

// An AveragedModel has a copy of a model, whose parameters are averages of the
// model's over its training: Python's AveragedModel.
type AveragedModel[M nn.AnyModule] struct {
	nn.Module
	Averaged   M             `torch:"module"` // the copy, Python's module
	NAveraged  *torch.Tensor // a buffer: how many values are in the averages
	avgFn      AvgFn
	multiAvgFn MultiAvgFn
	useBuffers bool
}

// An AveragedModelOption is an option of [NewAveragedModel]: [WithDevice],
// [WithAvgFn], [WithMultiAvgFn], [UseBuffers].
type AveragedModelOption func(*averagedModelSettings)

type averagedModelSettings struct {
	device     torch.Device
	avgFn      AvgFn
	multiAvgFn MultiAvgFn
	useBuffers bool
}

// WithDevice is where the averages are, Python's device=. Its default is where
// the model is.
func WithDevice(device torch.Device) AveragedModelOption {
	return func(s *averagedModelSettings) { s.device = device }
}

// WithAvgFn is the function that averages, Python's avg_fn=. Its default is
// [GetSwaAvgFn].
func WithAvgFn(fn AvgFn) AveragedModelOption {
	return func(s *averagedModelSettings) { s.avgFn = fn }
}

// WithMultiAvgFn is the function that averages lists of parameters, Python's
// multi_avg_fn=.
func WithMultiAvgFn(fn MultiAvgFn) AveragedModelOption {
	return func(s *averagedModelSettings) { s.multiAvgFn = fn }
}

// UseBuffers has buffers averaged, too, rather than copied, Python's
// use_buffers=. Its default is false.
func UseBuffers(on bool) AveragedModelOption {
	return func(s *averagedModelSettings) { s.useBuffers = on }
}

// NewAveragedModel returns averages of a model, of which it makes a deep copy
// ([nn.DeepCopy]). Options: [WithDevice], [WithAvgFn] or [WithMultiAvgFn],
// [UseBuffers].
//
//	ema := swa.NewAveragedModel(model, swa.WithMultiAvgFn(swa.GetEmaMultiAvgFn(swa.Decay(0.99))))
//
// Both functions together panic.
func NewAveragedModel[M nn.AnyModule](model M, opts ...AveragedModelOption) *AveragedModel[M] {
	var s averagedModelSettings
	for _, o := range opts {
		o(&s)
	}
	if s.avgFn != nil && s.multiAvgFn != nil {
		panic(torch.NewError("AssertionError", "Only one of avg_fn and multi_avg_fn should be provided"))
	}
	m := &AveragedModel[M]{avgFn: s.avgFn, multiAvgFn: s.multiAvgFn, useBuffers: s.useBuffers}
	m.Init(m)
	m.Averaged = nn.DeepCopy(model)
	if s.device != (torch.Device{}) {
		m.Averaged.To(s.device)
	}
	m.RegisterBuffer("n_averaged", torch.Zeros(nil, torch.Int64, s.device))
	return m
}

// Forward is that of the copy, which must be an [nn.Layer]; others are called by
// [AveragedModel.ForwardAll].
func (m *AveragedModel[M]) Forward(input *torch.Tensor) (output *torch.Tensor) {
	defer nn.Enter(m, &input).Leave(&output)
	return nn.Call(layerOf(m.Averaged), input)
}

func layerOf(model nn.AnyModule) nn.Layer {
	layer, ok := model.(nn.Layer)
	if !ok {
		panic(torch.NewError("TypeError", "%T has no method Forward(*torch.Tensor) *torch.Tensor", model))
	}
	return layer
}

// ForwardAll is Forward for a copy whose Forward takes several tensors, and perhaps
// options, or returns several.
//
//	output := averaged.ForwardAll(src, tgt)[0]
//
// The AveragedModel's own hooks are not run, those of the copy are. Where options are to be
// given, call averaged.Averaged.Forward.
func (m *AveragedModel[M]) ForwardAll(inputs ...*torch.Tensor) (outputs []*torch.Tensor) {
	forward := reflect.ValueOf(m.Averaged).MethodByName("Forward")
	if !forward.IsValid() || !takes(forward.Type(), len(inputs)) {
		panic(torch.NewError("TypeError", "%T has no method Forward of %d tensors", m.Averaged, len(inputs)))
	}
	arguments := make([]reflect.Value, len(inputs))
	for i, x := range inputs {
		arguments[i] = reflect.ValueOf(x)
	}
	for _, result := range forward.Call(arguments) {
		outputs = append(outputs, result.Interface().(*torch.Tensor))
	}
	return outputs
}

// takes reports whether a function takes tensors and returns nothing else.
func takes(function reflect.Type, tensors int) bool {
	tensor := reflect.TypeFor[*torch.Tensor]()
	required := function.NumIn()
	if function.IsVariadic() {
		required--
	}
	for i := range required {
		if function.In(i) != tensor {
			return false
		}
	}
	for i := range function.NumOut() {
		if function.Out(i) != tensor {
			return false
		}
	}
	return tensors == required || tensors > required && function.IsVariadic() && function.In(required).Elem() == tensor
}

// UpdateParameters puts the model's parameters into the averages, Python's
// update_parameters. Buffers are copied, unless they are averaged.
func (m *AveragedModel[M]) UpdateParameters(model nn.AnyModule) {
	if scalar.IsNil(model) {
		panic(torch.NewError("AttributeError", "'NoneType' object has no attribute 'parameters'"))
	}
	torch.Scope(func() { torch.NoGrad(func() { m.update(model) }) })
}

func (m *AveragedModel[M]) update(model nn.AnyModule) {
	averaged, current := m.Averaged.Parameters(), model.Parameters()
	if m.useBuffers {
		averaged, current = append(averaged, m.Averaged.Buffers()...), append(current, model.Buffers()...)
	}
	length := min(len(averaged), len(current))
	averaged, current = detached(averaged[:length]), detached(current[:length])
	for i, t := range current {
		current[i] = t.To(averaged[i].Device())
	}
	if m.NAveraged.Item() == 0 {
		for i, t := range averaged {
			t.Copy_(current[i])
		}
	} else {
		m.average(averaged, current)
	}
	if !m.useBuffers {
		copyBuffers(m.Averaged.Buffers(), model.Buffers())
	}
	m.NAveraged.Add_(1)
}

func detached(tensors []*torch.Tensor) []*torch.Tensor {
	results := make([]*torch.Tensor, len(tensors))
	for i, t := range tensors {
		results[i] = t.Detach()
	}
	return results
}

func copyBuffers(to, from []*torch.Tensor) {
	scalar.CheckZip(len(to), len(from))
	for i, b := range to {
		b.Detach().Copy_(from[i].Detach())
	}
}

// average updates the averages.
func (m *AveragedModel[M]) average(averaged, current []*torch.Tensor) {
	if m.avgFn != nil {
		averageEach(m.avgFn, averaged, current, m.NAveraged)
		return
	}
	for _, g := range groupByDeviceAndDtype(averaged, current) {
		device := g.averaged[0].Device()
		count := m.NAveraged.To(device)
		switch {
		case m.multiAvgFn != nil:
			m.multiAvgFn(g.averaged, g.current, count)
		case slices.Contains([]string{"cuda", "xpu", "mtia", "privateuseone"}, device.Type().String()):
			GetSwaMultiAvgFn()(g.averaged, g.current, count)
		default:
			averageEach(GetSwaAvgFn(), g.averaged, g.current, count)
		}
	}
}

func averageEach(fn AvgFn, averaged, current []*torch.Tensor, count *torch.Tensor) {
	for i, t := range averaged {
		t.Copy_(fn(t, current[i], count.To(t.Device())))
	}
}

// A group is parameters of one device and dtype.
type group struct {
	averaged, current []*torch.Tensor
}

func groupByDeviceAndDtype(averaged, current []*torch.Tensor) (groups []*group) {
	for i, t := range averaged {
		at := slices.IndexFunc(groups, func(g *group) bool {
			return g.averaged[0].Device() == t.Device() && g.averaged[0].DType() == t.DType()
		})
		if at < 0 {
			groups = append(groups, &group{})
			at = len(groups) - 1
		}
		groups[at].averaged = append(groups[at].averaged, t)
		groups[at].current = append(groups[at].current, current[i])
	}
	return groups
}
