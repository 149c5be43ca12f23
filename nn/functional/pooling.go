package functional

import "github.com/wangkuiyi/gotorch/torch"

// A MaxPool2dOption is an option of [MaxPool2d]: [Stride], [Padding],
// [Dilation], [CeilMode].
type MaxPool2dOption interface{ maxPool2dOption() }

func (StrideOption) maxPool2dOption()   {}
func (PaddingOption) maxPool2dOption()  {}
func (DilationOption) maxPool2dOption() {}
func (CeilMode) maxPool2dOption()       {}

// MaxPool2d returns the largest element at each place of a kernel that moves
// over input, of shape (N, C, H, W) or (C, H, W). Python's F.max_pool2d.
func MaxPool2d[S Size2](input *torch.Tensor, kernelSize S, opts ...MaxPool2dOption) *torch.Tensor {
	stride, padding, dilation, ceilMode := poolingArguments(opts)
	return torch.MaxPool2d(input, sizesOf(kernelSize), torch.Stride(stride...), torch.Padding(padding),
		torch.Dilation(dilation...), torch.CeilMode(ceilMode))
}

// MaxPool2dWithIndices is [MaxPool2d] that also returns where the largest
// elements are: their indices in the flattened image. Python's F.max_pool2d with
// return_indices=True.
func MaxPool2dWithIndices[S Size2](input *torch.Tensor, kernelSize S, opts ...MaxPool2dOption) (output, indices *torch.Tensor) {
	stride, padding, dilation, ceilMode := poolingArguments(opts)
	return torch.MaxPool2dWithIndices(input, sizesOf(kernelSize), torch.Stride(stride...), torch.Padding(padding),
		torch.Dilation(dilation...), torch.CeilMode(ceilMode))
}

func poolingArguments(opts []MaxPool2dOption) (stride, padding, dilation []int64, ceilMode bool) {
	padding, dilation = []int64{0}, []int64{1}
	for _, o := range opts {
		switch o := o.(type) {
		case StrideOption:
			stride = o.sizes
		case PaddingOption:
			if o.name != "" {
				raise("TypeError", "max_pool2d(): argument 'padding' (position 4) must be tuple of ints, not str")
			}
			padding = o.sizes
		case DilationOption:
			dilation = o.sizes
		case CeilMode:
			ceilMode = bool(o)
		}
	}
	return stride, padding, dilation, ceilMode
}
