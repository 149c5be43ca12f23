package amp_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/amp"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/nn/utils"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// A training loop with a scaler, recurrent and convolutional layers, batch norm,
// dropout and clipping has Python's digits and bits. In float16 the scale is too
// large at first, so that steps are skipped.
const trainingLoop = `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 8, 3, padding=1)
        self.bn = nn.BatchNorm1d(8)
        self.rnn = nn.GRU(8, 6, batch_first=True)
        self.drop = nn.Dropout(0.2)
        self.fc = nn.Linear(6, 4)
    def forward(self, x):
        x = F.relu(self.bn(self.conv(x)))
        x, _ = self.rnn(x.transpose(1, 2))
        return self.fc(self.drop(x[:, -1]))
torch.manual_seed(0)
model = Net().to(device)
optimizer = optim.Adam(model.parameters(), lr=0.01, fused=fused)
scaler = torch.amp.GradScaler(device, init_scale=2.0**34, growth_interval=5)
results, scales = [], []
for step in range(30):
    x, y = torch.randn(8, 3, 10).to(device), torch.randint(4, (8,)).to(device)
    optimizer.zero_grad()
    with torch.autocast(device, dtype=dtype):
        loss = F.cross_entropy(model(x), y)
    scaler.scale(loss).backward()
    if step % 2:
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
    scaler.step(optimizer)
    scaler.update()
    results.append(loss.detach().clone())
    scales.append(scaler.get_scale())
out["results"], out["scales"], out["params"] = results, scales, list(model.state_dict().values())
`

type trained struct {
	nn.Module
	conv *nn.Conv1d
	bn   *nn.BatchNorm1d
	rnn  *nn.GRU
	drop *nn.Dropout
	fc   *nn.Linear
}

func newTrained() *trained {
	m := &trained{}
	m.Init(m)
	m.conv = nn.NewConv1d(3, 8, 3, nn.Padding(1))
	m.bn = nn.NewBatchNorm1d(8)
	m.rnn = nn.NewGRU(8, 6, nn.BatchFirst(true))
	m.drop = nn.NewDropout(nn.P(0.2))
	m.fc = nn.NewLinear(6, 4)
	return m
}

func (m *trained) Forward(x *torch.Tensor) *torch.Tensor {
	x = functional.Relu(m.bn.Forward(m.conv.Forward(x)))
	x, _ = m.rnn.Forward(x.Transpose(1, 2))
	return m.fc.Forward(m.drop.Forward(x.Select(1, -1)))
}

func testTraining(t *testing.T, device string, dtype torch.DType, fused bool) {
	py := parity.Run(t, fmt.Sprintf("device, dtype, fused = %q, %s, %s\n", device, dtype,
		map[bool]string{true: "True", false: "False"}[fused])+trainingLoop)
	torch.ManualSeed(0)
	on := torch.NewDevice(device)
	model := newTrained()
	model.To(on)
	optimizer := optim.NewAdam(model.Parameters(), optim.LR(0.01), optim.Fused(fused))
	scaler := amp.NewGradScaler(device, amp.InitScale(1<<34), amp.GrowthInterval(5))
	forward := amp.AutocastDecorator(device, func(x, y *torch.Tensor) *torch.Tensor {
		return functional.CrossEntropy(model.Forward(x), y)
	}, dtype)
	var results []*torch.Tensor
	var scales []float64
	for step := range torch.Scoped(30) {
		x := torch.Randn([]int64{8, 3, 10}).To(on)
		y := torch.Randint(0, 4, []int64{8}).To(on)
		optimizer.ZeroGrad()
		loss := forward(x, y)
		scaler.Scale(loss).Backward()
		if step%2 == 1 {
			scaler.Unscale_(optimizer)
			utils.ClipGradNorm_(model.Parameters(), 0.5)
		}
		scaler.Step(optimizer)
		scaler.Update()
		results = append(results, torch.Keep(loss.Detach().Clone()))
		scales = append(scales, scaler.GetScale())
	}
	assert.Equal(t, py.Numbers("scales"), scales)
	py.EqualTensors("results", results)
	var params []*torch.Tensor
	for _, p := range model.StateDict().All() {
		params = append(params, p)
	}
	py.EqualTensors("params", params)
	if dtype == torch.Float16 {
		assert.Less(t, scales[0], float64(1<<34), "no step was skipped")
	}
}

func TestTraining(t *testing.T) {
	for _, dtype := range []torch.DType{torch.BFloat16, torch.Float16} {
		t.Run(dtype.String(), func(t *testing.T) { testTraining(t, "cpu", dtype, false) })
	}
}

func TestTrainingOnCUDA(t *testing.T) {
	parity.NeedDevices(t, 1)
	for _, dtype := range []torch.DType{torch.BFloat16, torch.Float16} {
		for _, fused := range []bool{false, true} {
			t.Run(fmt.Sprint(dtype, " fused ", fused), func(t *testing.T) { testTraining(t, "cuda", dtype, fused) })
		}
	}
}
