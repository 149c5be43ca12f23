package customops

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// loadTorchvision opens the library of the torchvision that Python has.
//
// The wheel's is built for CUDA. Where the libtorch of this program is not, the
// rest of libtorch comes from Python's torch, which is of the same version.
func loadTorchvision(t *testing.T) {
	t.Helper()
	paths := parity.Run(t, `
		import importlib.util, os
		spec = importlib.util.find_spec("torchvision")
		out["torch"] = os.path.dirname(torch.__file__)
		out["torchvision"] = spec.submodule_search_locations[0] if spec else ""
	`)
	folder := paths.Text("torchvision")
	if folder == "" {
		if os.Getenv("GOTORCH_REQUIRE_PARITY") == "1" {
			t.Fatal("parity with Python is required: pip install torchvision==0.29.2")
		}
		t.Skip("SKIPPED PARITY: Python has no torchvision")
	}
	require.NoError(t, torch.LoadLibrary(filepath.Join(paths.Text("torch"), "lib", "libtorch.so")))
	require.NoError(t, torch.LoadLibrary(filepath.Join(folder, "_C_stable.so")))
}

func one(results []any) *torch.Tensor { return results[0].(*torch.Tensor) }

// boxes are n boxes in an image of 32 by 32, as makeBoxes in Python makes them.
func boxes(n int64) *torch.Tensor {
	corner := torch.Rand([]int64{n, 2}).Mul(16)
	return torch.Cat([]*torch.Tensor{corner, torch.Rand([]int64{n, 2}).Mul(15).Add(1).Add(corner)}, torch.Dim(1))
}

const makeBoxes = `
import torchvision
ops = torchvision.ops

def make_boxes(n):
    corner = torch.rand(n, 2) * 16
    return torch.cat([corner, torch.rand(n, 2) * 15 + 1 + corner], dim=1)
torch.manual_seed(3)
`

func TestTorchvision(t *testing.T) {
	loadTorchvision(t)
	t.Run("nms", testNms)
	t.Run("roi_align", testRoiAlign)
	t.Run("deform_conv2d", testDeformConv2d)
}

func testNms(t *testing.T) {
	assert.Equal(t, []string{"torchvision::nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"}, torch.OperatorSchemas("torchvision::nms"))
	py := parity.Run(t, makeBoxes+`
b, scores = make_boxes(200), torch.rand(200)
out["keep"] = ops.nms(b, scores, 0.5)
`)
	torch.ManualSeed(3)
	b, scores := boxes(200), torch.Rand([]int64{200})
	py.EqualTensor("keep", one(torch.Call("torchvision::nms", b, scores, 0.5)))
	err := torch.Try(func() { torch.Call("torchvision::nms", b, b, 0.5) })
	assert.ErrorContains(t, err, "scores should be a 1d tensor, got 2D")
}

// The gradient is an operator of its own; torchvision ties it to roi_align in
// Python.
func testRoiAlign(t *testing.T) {
	py := parity.Run(t, makeBoxes+`
x = torch.randn(2, 3, 32, 32, requires_grad=True)
rois = torch.cat([torch.tensor([[0.], [1.], [1.]]), make_boxes(3)], dim=1)
y = ops.roi_align(x, rois, (5, 4), spatial_scale=0.5, sampling_ratio=2, aligned=True)
out["y"] = y
g = torch.randn_like(y)
out["gradient"] = torch.autograd.grad(y, x, g)[0]
`)
	torch.ManualSeed(3)
	x := torch.Randn([]int64{2, 3, 32, 32})
	rois := torch.Cat([]*torch.Tensor{torch.NewTensor([][]float32{{0}, {1}, {1}}), boxes(3)}, torch.Dim(1))
	y := one(torch.Call("torchvision::roi_align", x, rois, 0.5, 5, 4, 2, true))
	py.EqualTensor("y", y)
	g := torch.RandnLike(y)
	py.EqualTensor("gradient", one(torch.Call("torchvision::_roi_align_backward", g, rois, 0.5, 5, 4, 2, 3, 32, 32, 2, true)))
}

func testDeformConv2d(t *testing.T) {
	py := parity.Run(t, makeBoxes+`
x, weight, bias = torch.randn(2, 4, 9, 9), torch.randn(6, 4, 3, 3), torch.randn(6)
offset, mask = torch.randn(2, 18, 7, 7), torch.rand(2, 9, 7, 7)
out["y"] = ops.deform_conv2d(x, offset, weight, bias, mask=mask)
`)
	torch.ManualSeed(3)
	randn := func(size ...int64) *torch.Tensor { return torch.Randn(size) }
	x, weight, bias := randn(2, 4, 9, 9), randn(6, 4, 3, 3), randn(6)
	offset, mask := randn(2, 18, 7, 7), torch.Rand([]int64{2, 9, 7, 7})
	y := torch.Call("torchvision::deform_conv2d", x, weight, offset, mask, bias, 1, 1, 0, 0, 1, 1, 1, 1, true)
	py.EqualTensor("y", one(y))
}
