package functional_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// operands are those of the cases below, made from seed 0.
type operands struct {
	image, kernel, bias, matrix, other, weight *torch.Tensor
	classes                                    *torch.Tensor
}

const pythonOperands = `
torch.manual_seed(0)
image, kernel, bias = torch.randn(2, 4, 7, 8), torch.randn(6, 2, 3, 3), torch.randn(6)
matrix, other, weight = torch.randn(3, 4), torch.randn(3, 4), torch.rand(3, 4)
classes = torch.tensor([0, 3, 1])
`

func newOperands() operands {
	torch.ManualSeed(0)
	r := torch.Randn
	return operands{image: r([]int64{2, 4, 7, 8}), kernel: r([]int64{6, 2, 3, 3}), bias: r([]int64{6}), matrix: r([]int64{3, 4}),
		other: r([]int64{3, 4}), weight: torch.Rand([]int64{3, 4}), classes: torch.NewTensor([]int64{0, 3, 1})}
}

var cases = []struct {
	python string
	golang func(o operands) *torch.Tensor
}{
	{"F.linear(matrix, other)", func(o operands) *torch.Tensor { return F.Linear(o.matrix, o.other) }},
	{"F.linear(matrix, other, weight[0, :3])", func(o operands) *torch.Tensor {
		return F.Linear(o.matrix, o.other, F.Bias(o.weight.Select(0, 0).Narrow(0, 0, 3)))
	}},
	{"F.relu(matrix)", func(o operands) *torch.Tensor { return F.Relu(o.matrix) }},
	{"F.relu(matrix, inplace=True)", func(o operands) *torch.Tensor { F.Relu(o.matrix, F.Inplace(true)); return o.matrix }},
	{"F.tanh(matrix)", func(o operands) *torch.Tensor { return F.Tanh(o.matrix) }},
	{"F.sigmoid(matrix)", func(o operands) *torch.Tensor { return F.Sigmoid(o.matrix) }},
	{"F.softmax(matrix, 1)", func(o operands) *torch.Tensor { return F.Softmax(o.matrix, 1) }},
	{"F.softmax(matrix, 0, dtype=torch.float64)", func(o operands) *torch.Tensor { return F.Softmax(o.matrix, 0, torch.Float64) }},
	{"F.softmax(image)", func(o operands) *torch.Tensor { return F.Softmax(o.image, F.ImplicitDim) }},
	{"F.log_softmax(matrix, -1)", func(o operands) *torch.Tensor { return F.LogSoftmax(o.matrix, -1) }},
	{"F.log_softmax(matrix, 0, dtype=torch.float64)", func(o operands) *torch.Tensor { return F.LogSoftmax(o.matrix, 0, torch.Float64) }},
	{"F.log_softmax(bias)", func(o operands) *torch.Tensor { return F.LogSoftmax(o.bias, F.ImplicitDim) }},
	{"F.conv2d(image, kernel, groups=2)", func(o operands) *torch.Tensor { return F.Conv2d(o.image, o.kernel, F.Groups(2)) }},
	{"F.conv2d(image, kernel, bias, 2, (1, 2), (2, 1), 2)", func(o operands) *torch.Tensor {
		return F.Conv2d(o.image, o.kernel, F.Bias(o.bias), F.Stride(2), F.Padding(1, 2), F.Dilation(2, 1), F.Groups(2))
	}},
	{"F.conv2d(image, kernel, padding='same', dilation=2, groups=2)", func(o operands) *torch.Tensor {
		return F.Conv2d(o.image, o.kernel, F.Padding("same"), F.Dilation(2), F.Groups(2))
	}},
	{"F.pad(image, (1, 2))", func(o operands) *torch.Tensor { return F.Pad(o.image, []int64{1, 2}) }},
	{"F.pad(image, (1, -2, 3, 0), value=1.5)", func(o operands) *torch.Tensor {
		return F.Pad(o.image, []int64{1, -2, 3, 0}, F.Value(1.5))
	}},
	{"F.pad(image, (1, 2, 3, 0), mode='reflect')", func(o operands) *torch.Tensor {
		return F.Pad(o.image, []int64{1, 2, 3, 0}, F.Mode("reflect"))
	}},
	{"F.pad(image, (1, 2, 3, 0), mode='replicate')", func(o operands) *torch.Tensor {
		return F.Pad(o.image, []int64{1, 2, 3, 0}, F.Mode("replicate"))
	}},
	{"F.pad(image, (1, 2, 3, 0), mode='circular')", func(o operands) *torch.Tensor {
		return F.Pad(o.image, []int64{1, 2, 3, 0}, F.Mode("circular"))
	}},
	{"F.max_pool2d(image, 3)", func(o operands) *torch.Tensor { return F.MaxPool2d(o.image, 3) }},
	{"F.max_pool2d(image, (2, 3), stride=1, padding=1, dilation=(1, 2), ceil_mode=True)", func(o operands) *torch.Tensor {
		return F.MaxPool2d(o.image, [2]int64{2, 3}, F.Stride(1), F.Padding(int64(1)), F.Dilation(1, 2), F.CeilMode(true))
	}},
	{"F.max_pool2d(image, 2, return_indices=True)[1]", func(o operands) *torch.Tensor {
		_, indices := F.MaxPool2dWithIndices(o.image, [2]int{2, 2})
		return indices
	}},
	{"F.dropout(image)", func(o operands) *torch.Tensor { return F.Dropout(o.image) }},
	{"F.dropout(image, 0.2, training=False)", func(o operands) *torch.Tensor {
		return F.Dropout(o.image, F.P(0.2), F.Training(false))
	}},
	{"F.dropout(image, 0.2, inplace=True)", func(o operands) *torch.Tensor { return F.Dropout(o.image, F.P(0.2), F.Inplace(true)) }},
	{"F.dropout2d(image, 0.2)", func(o operands) *torch.Tensor { return F.Dropout2d(o.image, F.P(0.2)) }},
	{"F.dropout2d(image[0], inplace=True)", func(o operands) *torch.Tensor {
		return F.Dropout2d(o.image.Select(0, 0), F.Inplace(true))
	}},
	{"F.mse_loss(matrix, other)", func(o operands) *torch.Tensor { return F.MseLoss(o.matrix, o.other) }},
	{"F.mse_loss(matrix, other[0], reduction='none')", func(o operands) *torch.Tensor {
		return F.MseLoss(o.matrix, o.other.Select(0, 0), F.Reduction("none"))
	}},
	{"F.mse_loss(matrix, other, weight=weight)", func(o operands) *torch.Tensor { return F.MseLoss(o.matrix, o.other, F.Weight(o.weight)) }},
	{"F.mse_loss(matrix, other, weight=weight, reduction='sum')", func(o operands) *torch.Tensor {
		return F.MseLoss(o.matrix, o.other, F.Weight(o.weight), F.Reduction("sum"))
	}},
	{"F.l1_loss(matrix, other)", func(o operands) *torch.Tensor { return F.L1Loss(o.matrix, o.other) }},
	{"F.l1_loss(matrix, other[0], weight=weight, reduction='none')", func(o operands) *torch.Tensor {
		return F.L1Loss(o.matrix, o.other.Select(0, 0), F.Weight(o.weight), F.Reduction("none"))
	}},
	{"F.nll_loss(matrix, classes)", func(o operands) *torch.Tensor { return F.NllLoss(o.matrix, o.classes) }},
	{"F.nll_loss(matrix, classes, weight[0], ignore_index=1, reduction='sum')", func(o operands) *torch.Tensor {
		return F.NllLoss(o.matrix, o.classes, F.Weight(o.weight.Select(0, 0)), F.IgnoreIndex(1), F.Reduction("sum"))
	}},
	{"F.cross_entropy(matrix, classes)", func(o operands) *torch.Tensor { return F.CrossEntropy(o.matrix, o.classes) }},
	{"F.cross_entropy(matrix, classes, weight[0], ignore_index=1, reduction='none', label_smoothing=0.3)",
		func(o operands) *torch.Tensor {
			return F.CrossEntropy(o.matrix, o.classes, F.Weight(o.weight.Select(0, 0)), F.IgnoreIndex(1), F.Reduction("none"),
				F.LabelSmoothing(0.3))
		}},
}

func TestFunctionsAreThoseOfPython(t *testing.T) {
	for _, c := range cases {
		t.Run(c.python, func(t *testing.T) {
			py := parity.Run(t, pythonOperands+"out['y'] = "+c.python)
			var warnings []string
			defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { warnings = append(warnings, w.Message) }))
			py.EqualTensor("y", c.golang(newOperands()))
			var want []string
			for _, w := range py.Warnings {
				want = append(want, w.Message)
			}
			assert.Equal(t, want, warnings)
		})
	}
}

func TestFunctionsRefuseWhatPythonRefuses(t *testing.T) {
	for _, c := range []struct {
		python string
		golang func(o operands)
	}{
		{"F.mse_loss(matrix, other, weight=weight[0])", func(o operands) { F.MseLoss(o.matrix, o.other, F.Weight(o.bias)) }},
		{"F.l1_loss(matrix, other, weight=weight, reduction='x')", func(o operands) {
			F.L1Loss(o.matrix, o.other, F.Weight(o.weight), F.Reduction("x"))
		}},
		{"F.mse_loss(matrix, other, reduction='x')", func(o operands) { F.MseLoss(o.matrix, o.other, F.Reduction("x")) }},
		{"F.dropout(matrix, 2.0)", func(o operands) { F.Dropout(o.matrix, F.P(2)) }},
		{"F.conv2d(image, kernel)", func(o operands) { F.Conv2d(o.image, o.kernel) }},
		{"F.conv2d(image, kernel, stride=(1, 2, 3), groups=2)", func(o operands) {
			F.Conv2d(o.image, o.kernel, F.Stride(1, 2, 3), F.Groups(2))
		}},
		{"F.conv2d(image, kernel, padding='full', groups=2)", func(o operands) {
			F.Conv2d(o.image, o.kernel, F.Padding("full"), F.Groups(2))
		}},
		{"F.pad(image, (1,))", func(o operands) { F.Pad(o.image, []int64{1}) }},
		{"F.pad(image, (1, 1), mode='wrap')", func(o operands) { F.Pad(o.image, []int64{1, 1}, F.Mode("wrap")) }},
		{"F.max_pool2d(image, 2, stride=(1, 2, 3))", func(o operands) { F.MaxPool2d(o.image, 2, F.Stride(1, 2, 3)) }},
		{"F.max_pool2d(image, 2, padding='same')", func(o operands) { F.MaxPool2d(o.image, 2, F.Padding("same")) }},
		{"F.relu(None)", func(o operands) { F.Relu(nil) }},
	} {
		t.Run(c.python, func(t *testing.T) {
			py := parity.RunError(t, pythonOperands+c.python)
			err, ok := torch.Try(func() { c.golang(newOperands()) }).(*torch.Error)
			if assert.True(t, ok, py.Error.Message) {
				assert.Equal(t, py.Error.Type, err.Kind)
				if err.Kind != "TypeError" { // those Python's argument parser spells
					assert.Equal(t, py.Error.Message, err.Message)
				}
			}
		})
	}
}
