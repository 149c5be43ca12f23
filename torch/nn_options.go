package torch

import "github.com/wangkuiyi/gotorch/internal/option"

// What follows makes dtypes, devices and generators options of functions in
// other packages, which look at the values themselves.

// LinearOption makes a dtype an option of nn.NewLinear and its like.
func (DType) LinearOption(option.Marker) {}

// LinearOption makes a device an option of nn.NewLinear and its like.
func (Device) LinearOption(option.Marker) {}

// ConvOption makes a dtype an option of nn.NewConv2d and its like.
func (DType) ConvOption(option.Marker) {}

// ConvOption makes a device an option of nn.NewConv2d and its like.
func (Device) ConvOption(option.Marker) {}

// SoftmaxOption makes a dtype an option of functional.Softmax and its like.
func (DType) SoftmaxOption(option.Marker) {}

// KaimingOption makes a generator an option of ninit.KaimingUniform_ and
// ninit.KaimingNormal_.
func (*Generator) KaimingOption(option.Marker) {}

// GainOption makes a generator an option of ninit.XavierUniform_ and
// ninit.XavierNormal_.
func (*Generator) GainOption(option.Marker) {}

// SparseOption makes a generator an option of ninit.Sparse_.
func (*Generator) SparseOption(option.Marker) {}
