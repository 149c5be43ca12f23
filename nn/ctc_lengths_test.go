package nn_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// Lengths may be slices, as Python's may be tuples.
func TestCTCLossWithLengthsInSlices(t *testing.T) {
	py := parity.Run(t, `
		torch.manual_seed(0)
		x = torch.randn(6, 2, 4, requires_grad=True)
		targets = torch.tensor([[1, 2, 3], [2, 1, 0]])
		loss = nn.CTCLoss()(x.log_softmax(2), targets, (6, 5), (3, 2))
		loss.backward()
		out["loss"], out["grad"] = loss, x.grad
		out["sum"] = F.ctc_loss(x.log_softmax(2), targets, (6, 5), (3, 2), reduction="sum")
	`)
	torch.ManualSeed(0)
	x := torch.Randn([]int64{6, 2, 4}, torch.RequiresGrad(true))
	targets := torch.NewTensor([][]int64{{1, 2, 3}, {2, 1, 0}})
	loss := nn.NewCTCLoss().ForwardLengths(x.LogSoftmax(2), targets, []int64{6, 5}, []int64{3, 2})
	loss.Backward()
	py.EqualTensor("loss", loss)
	py.EqualTensor("grad", x.Grad())
	py.EqualTensor("sum", functional.CtcLossLengths(x.LogSoftmax(2), targets, []int64{6, 5}, []int64{3, 2}, functional.Reduction("sum")))
}
