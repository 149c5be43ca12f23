package torch_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// The overload with padding_idx requires per_sample_weights, of which None is a
// value.
func TestEmbeddingBagPaddingIdx(t *testing.T) {
	py := parity.Run(t, `
w, i, o = torch.arange(12.).reshape(4, 3), torch.tensor([0, 1, 2, 1, 3]), torch.tensor([0, 3])
out["none"] = list(torch.embedding_bag(w, i, o, False, 0, False, None, False, 1))
out["weights"] = list(torch.embedding_bag(w, i, o, False, 0, False, torch.arange(5.), False, 1))
`)
	w, i, o := torch.Arange(12.).Reshape(4, 3), torch.NewTensor([]int64{0, 1, 2, 1, 3}), torch.NewTensor([]int64{0, 3})
	bag := func(weights *torch.Tensor) []*torch.Tensor {
		output, bagOf, sizes, maxima := torch.EmbeddingBag(w, i, o, torch.ScaleGradByFreq(false), torch.WithMode(0), torch.Sparse(false),
			torch.PerSampleWeights(weights), torch.IncludeLastOffset(false), torch.PaddingIdx(1))
		return []*torch.Tensor{output, bagOf, sizes, maxima}
	}
	py.EqualTensors("none", bag(nil))
	py.EqualTensors("weights", bag(torch.Arange(5.)))
}
