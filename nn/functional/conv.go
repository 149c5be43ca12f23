package functional

import "github.com/wangkuiyi/gotorch/torch"

// A Conv2dOption is an option of [Conv2d]: [Bias], [Stride], [Padding],
// [Dilation], [Groups].
type Conv2dOption interface{ conv2dOption() }

func (BiasOption) conv2dOption()     {}
func (StrideOption) conv2dOption()   {}
func (PaddingOption) conv2dOption()  {}
func (DilationOption) conv2dOption() {}
func (Groups) conv2dOption()         {}

// Conv2d convolves images with a kernel, Python's F.conv2d. Input of shape
// (N, in, H, W) or (in, H, W), weight of (out, in/groups, kH, kW).
func Conv2d(input, weight *torch.Tensor, opts ...Conv2dOption) *torch.Tensor {
	var bias *torch.Tensor
	var padding PaddingOption
	stride, dilation, groups := []int64{1}, []int64{1}, Groups(1)
	for _, o := range opts {
		switch o := o.(type) {
		case BiasOption:
			bias = o.tensor
		case StrideOption:
			stride = o.sizes
		case PaddingOption:
			padding = o
		case DilationOption:
			dilation = o.sizes
		case Groups:
			groups = o
		}
	}
	if padding.name != "" {
		return torch.Conv2d(input, weight, torch.Bias(bias), torch.Stride(stride...), torch.Padding(padding.name),
			torch.Dilation(dilation...), torch.Groups(int64(groups)))
	}
	if padding.sizes == nil {
		padding.sizes = []int64{0}
	}
	return torch.Conv2d(input, weight, torch.Bias(bias), torch.Stride(stride...), torch.Padding(padding.sizes),
		torch.Dilation(dilation...), torch.Groups(int64(groups)))
}

// A PadOption is an option of [Pad]: [Mode], [Value].
type PadOption interface{ padOption() }

// Mode is how [Pad] continues a tensor: "constant", the default, "reflect",
// "replicate" or "circular".
type Mode string

// Value is what constant padding consists of. Its default is 0.
type Value float64

func (Mode) padOption()  {}
func (Value) padOption() {}

// Pad adds elements at the ends of the last dimensions: pad[0] before and
// pad[1] after the last one, pad[2] and pad[3] for the one before, and so on.
// Python's F.pad.
func Pad(input *torch.Tensor, pad []int64, opts ...PadOption) *torch.Tensor {
	var given []torch.PadOption
	for _, o := range opts {
		switch o := o.(type) {
		case Mode:
			given = append(given, torch.WithMode(o))
		case Value:
			given = append(given, torch.Value(o))
		}
	}
	return torch.Pad(input, pad, given...)
}
