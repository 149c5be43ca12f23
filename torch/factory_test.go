package torch_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/fft"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nested"
	"github.com/wangkuiyi/gotorch/torch"
)

// What factories write to their results does not count as a change, as in Python,
// and they do not hand on gradients.
func TestFactoriesAreNotRecorded(t *testing.T) {
	parity.Compare(t, `
		def state(t): log(t._version, t.requires_grad)
		x = torch.randn(2, 2, requires_grad=True)
		a = x[0, 0]
		[state(t) for t in (torch.ones(3), torch.zeros(3), torch.full((3,), 2.), torch.full((3,), 2.).add_(1),
			torch.ones(3, requires_grad=True), torch.rand(3), torch.randn(3), torch.randint(0, 3, (3,)), torch.randperm(3),
			torch.arange(3), torch.arange(1, 3, 1), torch.range(0, 3), torch.eye(3), torch.linspace(0, 1, 3), torch.linspace(a, 1, 3),
			torch.logspace(0, 1, 3), torch.logspace(0, a, 3), torch.scalar_tensor(2), torch.normal(0., 1., (3,)),
			torch.normal(x, 1.), torch.hann_window(3), torch.bartlett_window(3), torch.blackman_window(3),
			torch.hamming_window(3), torch.tril_indices(3, 3), torch.empty(3), torch.empty_strided((2,), (1,)), torch.fft.fftfreq(3),
			torch.ones_like(x), torch.zeros_like(x), torch.full_like(x, 2), torch.rand_like(x), torch.randn_like(x),
			torch.randint_like(x, 0, 3), x.new_ones(3), x.new_zeros(3), x.new_full((3,), 2), x.new_tensor([1.]),
			torch.tensor([1.]), torch.as_tensor([1.]), torch.vander(a.detach().view(1)), torch.block_diag(x, x),
			torch.sparse_coo_tensor([[0]], a.view(1), (2,)), torch.sparse_csr_tensor([0, 1], [0], a.view(1)),
			torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]))]`,
		func(log func(values ...any)) {
			x := torch.Randn([]int64{2, 2}, torch.RequiresGrad(true))
			a := x.Index(0, 0)
			three := []int64{3}
			for _, t := range []*torch.Tensor{torch.Ones(three), torch.Zeros(three), torch.Full(three, 2.0), torch.Full(three, 2.0).Add_(1),
				torch.Ones(three, torch.RequiresGrad(true)), torch.Rand(three), torch.Randn(three), torch.Randint(0, 3, three), torch.Randperm(3),
				torch.Arange(3), torch.ArangeFrom(1, 3, torch.Step(1)), torch.Range(0, 3), torch.Eye(3), torch.Linspace(0, 1, 3), torch.Linspace(a, 1, 3),
				torch.Logspace(0, 1, 3), torch.Logspace(0, a, 3), torch.ScalarTensor(2), torch.Normal(0.0, 1.0, torch.WithSize(3)),
				torch.Normal(x, 1.0), torch.HannWindow(3), torch.BartlettWindow(3), torch.BlackmanWindow(3),
				torch.HammingWindow(3), torch.TrilIndices(3, 3), torch.Empty(three), torch.EmptyStrided([]int64{2}, []int64{1}), fft.Fftfreq(3),
				torch.OnesLike(x), torch.ZerosLike(x), torch.FullLike(x, 2), torch.RandLike(x), torch.RandnLike(x),
				torch.RandintLike(x, 0, 3), x.NewOnes(three), x.NewZeros(three), x.NewFull(three, 2), x.NewTensor([]float32{1}),
				torch.NewTensor([]float32{1}), torch.AsTensor([]float32{1}), torch.Vander(a.Detach().View(1)), torch.BlockDiag(x, x),
				torch.SparseCooTensor([][]int64{{0}}, a.View(1), torch.WithSize(2)), torch.SparseCsrTensor([]int64{0, 1}, []int64{0}, a.View(1)),
				nested.NestedTensor([]*torch.Tensor{torch.Ones([]int64{2}), torch.Ones(three)})} {
				log(t.Version(), t.RequiresGrad())
			}
		})
}

// On a GPU that is compiled by NVRTC, which the simulated one lacks.
func TestKaiserWindowIsNotRecorded(t *testing.T) {
	py := parity.Run(t, `
		window = torch.kaiser_window(3)
		out["version"], out["requires_grad"], out["window"] = window._version, window.requires_grad, window
	`)
	window := torch.KaiserWindow(3)
	py.EqualTensor("window", window)
	assert.Equal(t, py.Number("version"), float64(window.Version()))
	assert.False(t, window.RequiresGrad())
}
