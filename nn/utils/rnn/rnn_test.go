package rnn_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn/utils/rnn"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestPackedSequencesAreThoseOfPython(t *testing.T) {
	for _, batchFirst := range []bool{false, true} {
		for _, sorted := range []bool{false, true} {
			t.Run(fmt.Sprint(batchFirst, sorted), func(t *testing.T) {
				lengths := []int64{2, 4, 3}
				if sorted {
					lengths = []int64{4, 3, 2}
				}
				py := parity.Run(t, fmt.Sprintf(`
					from torch.nn.utils import rnn
					first, lengths, sorted = bool(%d), torch.tensor([%d, %d, %d], device="cpu"), bool(%d)
					torch.manual_seed(1)
					x = torch.randn(3, 4, 2) if first else torch.randn(4, 3, 2)
					x.requires_grad_()
					p = rnn.pack_padded_sequence(x, lengths, batch_first=first, enforce_sorted=sorted)
					out["text"] = repr(p)
					padded, n = rnn.pad_packed_sequence(p, first, padding_value=-1.0, total_length=6)
					(padded * padded).sum().backward()
					out["padded"], out["lengths"], out["grad"] = padded, n, x.grad
					out["half"] = repr(p.to(torch.float16))
				`, number(batchFirst), lengths[0], lengths[1], lengths[2], number(sorted)))
				shape := []int64{4, 3, 2}
				if batchFirst {
					shape = []int64{3, 4, 2}
				}
				torch.ManualSeed(1)
				x := torch.Randn(shape).RequiresGrad_()
				p := rnn.PackPaddedLengths(x, lengths, rnn.BatchFirst(batchFirst), rnn.EnforceSorted(sorted))
				assert.Equal(t, py.Text("text"), p.String())
				padded, n := rnn.PadPackedSequence(p, rnn.BatchFirst(batchFirst), rnn.PaddingValue(-1), rnn.TotalLength(6))
				padded.Mul(padded).Sum().Backward()
				py.EqualTensor("padded", padded)
				py.EqualTensor("lengths", n)
				py.EqualTensor("grad", x.Grad())
				assert.Equal(t, py.Text("half"), p.To(torch.Float16).String())
				assert.Same(t, p, p.To(torch.Float32))
			})
		}
	}
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestSequencesArePackedAndUnpacked(t *testing.T) {
	py := parity.Run(t, `
		from torch.nn.utils import rnn
		a, b, c = torch.tensor([1, 2, 3]), torch.tensor([4, 5]), torch.tensor([6])
		torch.set_default_device(None) # Python's pack_sequence wants to make its lengths on the CPU
		out["sorted"] = repr(rnn.pack_sequence([a, b, c]))
		out["unsorted"] = repr(rnn.pack_sequence([c, a, b], enforce_sorted=False))
		out["left"] = rnn.pad_sequence([c, a, b], batch_first=True, padding_value=9, padding_side="left")
		out["unpacked"] = rnn.unpack_sequence(rnn.pack_sequence([c, a, b], enforce_sorted=False))
		out["unpadded"] = rnn.unpad_sequence(rnn.pad_sequence([c, a, b]), torch.tensor([1, 3, 2]))
	`)
	a, b, c := torch.NewTensor([]int64{1, 2, 3}), torch.NewTensor([]int64{4, 5}), torch.NewTensor([]int64{6})
	assert.Equal(t, py.Text("sorted"), rnn.PackSequence([]*torch.Tensor{a, b, c}).String())
	unsorted := []*torch.Tensor{c, a, b}
	packed := rnn.PackSequence(unsorted, rnn.EnforceSorted(false))
	assert.Equal(t, py.Text("unsorted"), packed.String())
	py.EqualTensor("left", rnn.PadSequence(unsorted, rnn.BatchFirst(true), rnn.PaddingValue(9), rnn.PaddingSide("left")))
	py.EqualTensors("unpacked", rnn.UnpackSequence(packed))
	py.EqualTensors("unpadded", rnn.UnpadSequence(rnn.PadSequence(unsorted), torch.NewTensor([]int64{1, 3, 2})))
}

func TestRefusesWhatPythonRefuses(t *testing.T) {
	for _, c := range []struct {
		python string
		golang func()
	}{
		{"rnn.pack_padded_sequence(torch.ones(3, 2), torch.tensor([1, 2], device='cpu'))", func() {
			rnn.PackPaddedLengths(torch.Ones([]int64{3, 2}), []int64{1, 2})
		}},
		{"rnn.pack_padded_sequence(torch.ones(3, 2), torch.tensor([1, 0], device='cpu'))", func() {
			rnn.PackPaddedLengths(torch.Ones([]int64{3, 2}), []int64{1, 0})
		}},
		{"rnn.pack_padded_sequence(torch.ones(3, 2), torch.tensor([1], device='cpu'))", func() {
			rnn.PackPaddedLengths(torch.Ones([]int64{3, 2}), []int64{1})
		}},
		{"torch.set_default_device(None); rnn.pad_packed_sequence(rnn.pack_sequence([torch.ones(3)]), total_length=2)", func() {
			rnn.PadPackedSequence(rnn.PackSequence([]*torch.Tensor{torch.Ones([]int64{3})}), rnn.TotalLength(2))
		}},
		{"rnn.pack_sequence([])", func() { rnn.PackSequence(nil) }},
	} {
		t.Run(c.python, func(t *testing.T) {
			py := parity.RunError(t, "from torch.nn.utils import rnn\n"+c.python)
			err, ok := torch.Try(c.golang).(*torch.Error)
			if assert.True(t, ok) {
				assert.Equal(t, py.Error.Message, err.Message)
			}
		})
	}
}

func ExamplePackSequence() {
	a, b, c := torch.NewTensor([]int64{1, 2, 3}), torch.NewTensor([]int64{4, 5}), torch.NewTensor([]int64{6})
	fmt.Println(rnn.PackSequence([]*torch.Tensor{a, b, c}))
	// Output: PackedSequence(data=tensor([1, 4, 6, 2, 5, 3]), batch_sizes=tensor([3, 2, 1]), sorted_indices=None, unsorted_indices=None)
}
