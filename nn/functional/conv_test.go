package functional_test

import (
	"testing"

	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestConvolutions(t *testing.T) {
	stride := []opt{{"stride=2", F.Stride(2)}}
	padding := []opt{{"padding=1", F.Padding(1)}, {"padding='same'", F.Padding("same")}, {"padding='valid'", F.Padding("valid")}, {"padding='x'", F.Padding("x")}}
	groups := []opt{{"groups=2", F.Groups(2)}}
	outputPadding := []opt{{"output_padding=1", F.OutputPadding(1)}}
	kernel3 := func(o *operands) *torch.Tensor { return o.kernel.Unsqueeze(2) }
	runRows(t, join(
		cross("F.conv1d(seq, kernel[..., 0]%s)", func(o *operands, opts ...F.Conv1dOption) any {
			return F.Conv1d(o.seq, o.kernel.Select(3, 0), opts...)
		}, groups, stride, padding, dilated),
		cross("F.conv2d(img, kernel, kernel[:, 0, 0, 0]%s)", func(o *operands, opts ...F.Conv2dOption) any {
			return F.Conv2d(o.img, o.kernel, append(opts, F.Bias(o.kernel.Index(torch.Slice(nil, nil), 0, 0, 0)))...)
		}, groups, stride, padding, dilated),
		cross("F.conv3d(vol, kernel[:, :, None]%s)", func(o *operands, opts ...F.Conv3dOption) any {
			return F.Conv3d(o.vol, kernel3(o), opts...)
		}, groups, stride, padding),
		cross("F.conv_transpose1d(seq, kernel[:4, ..., 0]%s)", func(o *operands, opts ...F.ConvTranspose1dOption) any {
			return F.ConvTranspose1d(o.seq, o.kernel.Narrow(0, 0, 4).Select(3, 0), opts...)
		}, groups, stride, outputPadding, dilated),
		cross("F.conv_transpose2d(img, kernel[:4]%s)", func(o *operands, opts ...F.ConvTranspose2dOption) any {
			return F.ConvTranspose2d(o.img, o.kernel.Narrow(0, 0, 4), opts...)
		}, groups, stride, outputPadding, dilated, padding[:1]),
		cross("F.conv_transpose3d(vol, kernel[:4, :, None]%s)", func(o *operands, opts ...F.ConvTranspose3dOption) any {
			return F.ConvTranspose3d(o.vol, kernel3(o).Narrow(0, 0, 4), opts...)
		}, groups, stride, outputPadding),
		cross("F.conv_tbc(seq, vol[0, :, 0, :, :].transpose(0, 1)[:, :4, :2].reshape(5, 4, 2)[:, :, :2].transpose(1, 2).reshape(5, 2, 4)[:2].repeat(1, 4, 1)[:, :7], v%s)",
			func(o *operands, opts ...F.ConvTbcOption) any {
				w := o.vol.Select(0, 0).Select(1, 0).Transpose(0, 1).Narrow(1, 0, 4).Narrow(2, 0, 2).Reshape(5, 4, 2).Transpose(1, 2).
					Reshape(5, 2, 4).Narrow(0, 0, 2).Repeat(1, 4, 1).Narrow(1, 0, 7)
				return F.ConvTbc(o.seq, w, o.v, opts...)
			}, []opt{{"pad=1", F.WithPad(1)}}),
		[]row{
			{"F.conv2d(img, kernel)", func(o *operands) any { return F.Conv2d(o.img, o.kernel) }},
			{"F.conv2d(img, kernel, stride=(1, 2, 3), groups=2)", func(o *operands) any {
				return F.Conv2d(o.img, o.kernel, F.Stride(1, 2, 3), F.Groups(2))
			}},
			{"F.conv2d(img, kernel, None, (2, 1), (1, 2), (2, 1), 2)", func(o *operands) any {
				return F.Conv2d(o.img, o.kernel, F.Stride(2, 1), F.Padding(1, 2), F.Dilation(2, 1), F.Groups(2))
			}},
			{"F.linear(x, y)", func(o *operands) any { return F.Linear(o.x, o.y) }},
			{"F.linear(x, y, p[:, 0])", func(o *operands) any { return F.Linear(o.x, o.y, F.Bias(o.p.Select(1, 0))) }},
			{"F.linear(x, seq)", func(o *operands) any { return F.Linear(o.x, o.seq) }},
			{"F.bilinear(x, y, seq[:, :, :4])", func(o *operands) any { return F.Bilinear(o.x, o.y, o.seq.Narrow(2, 0, 4)) }},
			{"F.bilinear(x, y, seq[:, :, :4], v[:2])", func(o *operands) any {
				return F.Bilinear(o.x, o.y, o.seq.Narrow(2, 0, 4), F.Bias(o.v.Narrow(0, 0, 2)))
			}},
		},
	))
}
