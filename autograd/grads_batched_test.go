package autograd_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestGradsBatched(t *testing.T) {
	parity.Compare(t, `
		from torch.autograd import grad
		torch.manual_seed(0)
		x, w, unused = torch.randn(3, 4, requires_grad=True), torch.randn(4, 2, requires_grad=True), torch.randn(2, requires_grad=True)
		y, s = (x @ w).tanh(), (x * x).sum()
		gy, gs = torch.randn(5, 3, 2), torch.randn(5)
		batched = lambda *a, **k: grad(*a, is_grads_batched=True, retain_graph=True, **k)
		log(*batched(y, (x, w), gy), *batched((y, s), (x, w), (gy, gs)))
		log(*batched(y, (x, unused), gy, materialize_grads=True), batched(y, (x, unused), gy, allow_unused=True)[1] is None)
		g, = batched(y, x, gy, create_graph=True)
		log(grad(g.sum(), w)[0])
		fail(lambda: batched(y, (x, unused), gy))
		fail(lambda: batched(y, x, gy[0]))
		fail(lambda: batched(y, x, gy[:0]))
		fail(lambda: batched(s, x, gs[0]))
		fail(lambda: batched((y, s), x, (gy, gs[:3])))
		fail(lambda: batched(s, x))
		fail(lambda: batched(y, x))
		fail(lambda: batched(y, x, gy * 1j))`,
		func(log func(values ...any)) {
			torch.ManualSeed(0)
			x, w := torch.Randn([]int64{3, 4}, torch.RequiresGrad(true)), torch.Randn([]int64{4, 2}, torch.RequiresGrad(true))
			unused := torch.Randn([]int64{2}, torch.RequiresGrad(true))
			y, s := x.Matmul(w).Tanh(), x.Mul(x).Sum()
			gy, gs := torch.Randn([]int64{5, 3, 2}), torch.Randn([]int64{5})
			batched := func(outputs, inputs, grads []*torch.Tensor, opts ...torch.GradOption) []*torch.Tensor {
				if grads != nil {
					opts = append(opts, torch.WithGradient(grads...))
				}
				return torch.Grad(outputs, inputs, append(opts, torch.IsGradsBatched(true), torch.RetainGraph(true))...)
			}
			all := func(tensors []*torch.Tensor) {
				for _, g := range tensors {
					log(g)
				}
			}
			all(batched(list(y), list(x, w), list(gy)))
			all(batched(list(y, s), list(x, w), list(gy, gs)))
			all(batched(list(y), list(x, unused), list(gy), torch.MaterializeGrads(true)))
			log(batched(list(y), list(x, unused), list(gy), torch.AllowUnused(true))[1] == nil)
			g := batched(list(y), list(x), list(gy), torch.CreateGraph(true))[0]
			log(torch.Grad(list(g.Sum()), list(w))[0])
			for _, c := range []struct{ outputs, inputs, grads []*torch.Tensor }{
				{list(y), list(x, unused), list(gy)},
				{list(y), list(x), list(gy.Index(0))},
				{list(y), list(x), list(gy.Narrow(0, 0, 0))},
				{list(s), list(x), list(gs.Index(0))},
				{list(y, s), list(x), list(gy, gs.Narrow(0, 0, 3))},
				{list(s), list(x), nil},
				{list(y), list(x), nil},
				{list(y), list(x), list(gy.Mul(1i))},
			} {
				log(func() { batched(c.outputs, c.inputs, c.grads) })
			}
		})
}
