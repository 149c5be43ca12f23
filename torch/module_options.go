package torch

import "github.com/wangkuiyi/gotorch/internal/option"

// What follows makes this package's option types options of functions in the
// packages amp, sparse, nested, masked and signal/windows, which look at the values
// themselves. The method's name is that of the option type there.

// Of package windows.

func (DType) WindowOption(option.Marker)           {}
func (Layout) WindowOption(option.Marker)          {}
func (Device) WindowOption(option.Marker)          {}
func (RequiresGradArg) WindowOption(option.Marker) {}

func (DType) ExponentialOption(option.Marker)           {}
func (Layout) ExponentialOption(option.Marker)          {}
func (Device) ExponentialOption(option.Marker)          {}
func (RequiresGradArg) ExponentialOption(option.Marker) {}

func (DType) GaussianOption(option.Marker)           {}
func (Layout) GaussianOption(option.Marker)          {}
func (Device) GaussianOption(option.Marker)          {}
func (RequiresGradArg) GaussianOption(option.Marker) {}

func (DType) GeneralHammingOption(option.Marker)           {}
func (Layout) GeneralHammingOption(option.Marker)          {}
func (Device) GeneralHammingOption(option.Marker)          {}
func (RequiresGradArg) GeneralHammingOption(option.Marker) {}
func (AlphaArg) GeneralHammingOption(option.Marker)        {}

func (DType) KaiserOption(option.Marker)           {}
func (Layout) KaiserOption(option.Marker)          {}
func (Device) KaiserOption(option.Marker)          {}
func (RequiresGradArg) KaiserOption(option.Marker) {}
func (BetaArg) KaiserOption(option.Marker)         {}

// Of package masked.

func (DType) ReductionOption(option.Marker)      {}
func (DimArg) ReductionOption(option.Marker)     {}
func (KeepdimArg) ReductionOption(option.Marker) {}

func (DType) NormOption(option.Marker)      {}
func (DimArg) NormOption(option.Marker)     {}
func (KeepdimArg) NormOption(option.Marker) {}
func (OrdArg) NormOption(option.Marker)     {}

func (DType) VarOption(option.Marker)         {}
func (DimArg) VarOption(option.Marker)        {}
func (KeepdimArg) VarOption(option.Marker)    {}
func (UnbiasedArg) VarOption(option.Marker)   {}
func (CorrectionArg) VarOption(option.Marker) {}

func (DType) NormalizationOption(option.Marker) {}

func (DType) NormalizeOption(option.Marker)  {}
func (EpsArg) NormalizeOption(option.Marker) {}

func (DType) LogaddexpOption(option.Marker) {}

func (RequiresGradArg) TensorOption(option.Marker) {}

// Of package nested.

func (DType) NestedTensorOption(option.Marker)           {}
func (Device) NestedTensorOption(option.Marker)          {}
func (RequiresGradArg) NestedTensorOption(option.Marker) {}
func (PinMemoryArg) NestedTensorOption(option.Marker)    {}

func (DType) AsNestedTensorOption(option.Marker)  {}
func (Device) AsNestedTensorOption(option.Marker) {}

func (OffsetsArg) FromJaggedOption(option.Marker) {}
func (LengthsArg) FromJaggedOption(option.Marker) {}

// Options of type any and of tensors give their value to packages of this project.

// Float returns the value of alpha.
func (o AlphaArg) Float(option.Marker) float64 { return toFloat(o.value, "alpha") }

// Float returns the value of beta.
func (o BetaArg) Float(option.Marker) float64 { return toFloat(o.value, "beta") }

// Float returns the value of ord.
func (o OrdArg) Float(option.Marker) float64 { return toFloat(o.value, "ord") }

// Float returns the value of correction.
func (o CorrectionArg) Float(option.Marker) float64 { return toFloat(o.value, "correction") }

// Tensor returns the tensor of offsets.
func (o OffsetsArg) Tensor(option.Marker) *Tensor { return o.value }

// Tensor returns the tensor of lengths.
func (o LengthsArg) Tensor(option.Marker) *Tensor { return toTensor(o.value, "lengths") }

// FactoryOption makes a dtype an option of functions that make module tensors.
func (DType) FactoryOption(option.Marker) {}

// FactoryOption makes a device an option of functions that make module tensors.
func (Device) FactoryOption(option.Marker) {}

// AutocastOption makes a dtype an option of amp.Autocast.
func (DType) AutocastOption(option.Marker) {}
