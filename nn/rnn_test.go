package nn_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils/rnn"
	"github.com/wangkuiyi/gotorch/torch"
)

// A recurrent layer, as a function of padded and packed input that returns the
// output and then the states.
type recurrent struct {
	nn.AnyModule
	batchFirst bool
	padded     func(input *torch.Tensor, hx ...*torch.Tensor) tensors
	packed     func(input *rnn.PackedSequence, hx ...*torch.Tensor) tensors
}

func recurrentOf(m nn.AnyModule) recurrent {
	switch l := m.(type) {
	case *nn.RNN:
		return ofOneState(l, l.BatchFirst)
	case *nn.GRU:
		return ofOneState(l, l.BatchFirst)
	case *nn.LSTM:
		return recurrent{l, l.BatchFirst, func(x *torch.Tensor, hx ...*torch.Tensor) tensors {
			return some(l.Forward(x, hx...))
		}, func(x *rnn.PackedSequence, hx ...*torch.Tensor) tensors {
			y, h, c := l.ForwardPacked(x, hx...)
			return tensors{y.Data, h, c}
		}}
	}
	panic("no recurrent layer")
}

func ofOneState[M interface {
	nn.AnyModule
	Forward(input *torch.Tensor, hx ...*torch.Tensor) (output, hidden *torch.Tensor)
	ForwardPacked(input *rnn.PackedSequence, hx ...*torch.Tensor) (output *rnn.PackedSequence, hidden *torch.Tensor)
}](l M, batchFirst bool) recurrent {
	return recurrent{l, batchFirst, func(x *torch.Tensor, hx ...*torch.Tensor) tensors {
		return some(l.Forward(x, hx...))
	}, func(x *rnn.PackedSequence, hx ...*torch.Tensor) tensors {
		y, h := l.ForwardPacked(x, hx...)
		return tensors{y.Data, h}
	}}
}

func newRNN(opts ...nn.RNNOption) recurrent   { return recurrentOf(nn.NewRNN(3, 4, opts...)) }
func newGRU(opts ...nn.GRUOption) recurrent   { return recurrentOf(nn.NewGRU(3, 4, opts...)) }
func newLSTM(opts ...nn.LSTMOption) recurrent { return recurrentOf(nn.NewLSTM(3, 4, opts...)) }

var recurrentCases = []struct {
	python string
	golang func() recurrent
}{
	{"RNN(3, 4)", func() recurrent { return newRNN() }},
	{"RNN(3, 4, 2, 'relu', bias=False, dropout=0.3)", func() recurrent {
		return newRNN(nn.NumLayers(2), nn.Nonlinearity("relu"), nn.Bias(false), nn.WithDropout(0.3))
	}},
	{"RNN(3, 4, batch_first=True, bidirectional=True)", func() recurrent { return newRNN(nn.BatchFirst(true), nn.Bidirectional(true)) }},
	{"RNN(3, 4, nonlinearity='relu', dropout=0.5)", func() recurrent { return newRNN(nn.Nonlinearity("relu"), nn.WithDropout(0.5)) }},
	{"GRU(3, 4)", func() recurrent { return newGRU() }},
	{"GRU(3, 4, num_layers=3, bias=False, bidirectional=True)", func() recurrent {
		return newGRU(nn.NumLayers(3), nn.Bias(false), nn.Bidirectional(true))
	}},
	{"GRU(3, 4, 2, batch_first=True, dropout=0.25, dtype=torch.float64)", func() recurrent {
		return newGRU(nn.NumLayers(2), nn.BatchFirst(true), nn.WithDropout(0.25), torch.Float64)
	}},
	{"LSTM(3, 4)", func() recurrent { return newLSTM() }},
	{"LSTM(3, 4, 2, dropout=0.25, bidirectional=True)", func() recurrent {
		return newLSTM(nn.NumLayers(2), nn.WithDropout(0.25), nn.Bidirectional(true))
	}},
	{"LSTM(3, 4, 2, proj_size=2, batch_first=True)", func() recurrent {
		return newLSTM(nn.NumLayers(2), nn.ProjSize(2), nn.BatchFirst(true))
	}},
	{"LSTM(3, 4, bias=False, proj_size=3, bidirectional=True)", func() recurrent {
		return newLSTM(nn.Bias(false), nn.ProjSize(3), nn.Bidirectional(true))
	}},
}

const pythonRecurrent = `
	import copy
	from torch.nn.utils import rnn
	torch.manual_seed(1)
	m = nn.%s
	dtype = next(m.parameters()).dtype
	out["text"], out["keys"] = repr(m), list(m.state_dict())
	out["initial"] = [p.clone() for p in m.parameters()]
	def flat(result):
		y, h = result
		return [y.data if isinstance(y, rnn.PackedSequence) else y, *(h if isinstance(h, tuple) else [h])]
	def keep(name, result):
		results = flat(result)
		sum((r * r).sum() for r in results).backward()
		leaves = [x, *given, *m.parameters()]
		out[key + name] = [*results, *(None if p.grad is None else p.grad.clone() for p in leaves)]
		for p in leaves: p.grad = None
		return results[1:]
	x = torch.randn(5, 5, 3, dtype=dtype, requires_grad=True)
	lengths = torch.tensor([3, 5, 1, 2, 4], device="cpu")
	for key, m in ("", m), ("copy ", copy.deepcopy(m)):
		torch.manual_seed(2)
		given = []
		given = [(h.detach() * 2).requires_grad_() for h in keep("padded", m(x))]
		hx = tuple(given) if len(given) == 2 else given[0]
		keep("states", m(x, hx))
		keep("unbatched", m(x[0]))
		p = rnn.pack_padded_sequence(x, lengths, batch_first=m.batch_first, enforce_sorted=False)
		keep("packed", m(p))
		p = rnn.pack_padded_sequence(x, lengths, batch_first=m.batch_first, enforce_sorted=False)
		keep("packed_states", m(p, hx))
		m.eval()
		keep("eval", m(x))
`

func TestRecurrentLayersAreThoseOfPython(t *testing.T) {
	for _, c := range recurrentCases {
		t.Run(c.python, func(t *testing.T) {
			py := parity.Run(t, fmt.Sprintf(pythonRecurrent, c.python))
			warnings := recordWarnings(t)
			torch.ManualSeed(1)
			m := c.golang()
			assert.Equal(t, py.Text("text"), m.String())
			assert.Equal(t, py.Strings("keys"), m.StateDict().Keys())
			py.EqualTensors("initial", m.Parameters())
			x := torch.Randn([]int64{5, 5, 3}, m.Parameters()[0].DType(), torch.RequiresGrad(true))
			copied := recurrentOf(nn.DeepCopy(m.AnyModule))
			compareRecurrent(py, "", m, x)
			compareRecurrent(py, "copy ", copied, x)
			assert.Equal(t, lasting(messages(py.Warnings)), lasting(*warnings))
		})
	}
}

func compareRecurrent(py *parity.Result, key string, m recurrent, x *torch.Tensor) {
	var given tensors
	keep := func(name string, results tensors) tensors {
		backward(results)
		leaves := slices.Concat(tensors{x}, given, m.Parameters())
		py.EqualTensors(key+name, append(slices.Clone(results), gradients(leaves)...))
		for _, p := range leaves {
			p.SetGrad(nil)
		}
		return results[1:]
	}
	packed := func() *rnn.PackedSequence {
		return rnn.PackPaddedLengths(x, []int64{3, 5, 1, 2, 4}, rnn.EnforceSorted(false), rnn.BatchFirst(m.batchFirst))
	}
	torch.ManualSeed(2)
	for _, h := range keep("padded", m.padded(x)) {
		given = append(given, h.Detach().Mul(2).RequiresGrad_())
	}
	keep("states", m.padded(x, given...))
	keep("unbatched", m.padded(x.Select(0, 0)))
	keep("packed", m.packed(packed()))
	keep("packed_states", m.packed(packed(), given...))
	m.Eval()
	keep("eval", m.padded(x))
}

func TestCellsAreThoseOfPython(t *testing.T) {
	type cell interface {
		nn.AnyModule
		Forward(x *torch.Tensor, hx ...*torch.Tensor) *torch.Tensor
	}
	twice := callOf("m(x0, m(x0))", func(m cell, x tensors) tensors { return tensors{m.Forward(x[0], m.Forward(x[0]))} })
	withState := callOf("m(x0, x1)", func(m cell, x tensors) tensors { return tensors{m.Forward(x[0], x[1])} })
	lstmTwice := callOf("m(x0, m(x0))", func(m *nn.LSTMCell, x tensors) tensors {
		h, c := m.Forward(x[0])
		return some(m.Forward(x[0], h, c))
	})
	lstmGiven := callOf("m(x0, (x1, x2))", func(m *nn.LSTMCell, x tensors) tensors { return some(m.Forward(x[0], x[1], x[2])) })
	rnn := func(opts ...nn.RNNCellOption) func() nn.AnyModule {
		return func() nn.AnyModule { return nn.NewRNNCell(3, 4, opts...) }
	}
	gru := func(opts ...nn.CellOption) func() nn.AnyModule {
		return func() nn.AnyModule { return nn.NewGRUCell(3, 4, opts...) }
	}
	lstm := func(opts ...nn.CellOption) func() nn.AnyModule {
		return func() nn.AnyModule { return nn.NewLSTMCell(3, 4, opts...) }
	}
	batch, one := given(normal(5, 3)), given(normal(3), normal(4))
	checkModules(t, []moduleCase{
		{"nn.RNNCell(3, 4)", rnn(), batch, twice},
		{"nn.RNNCell(3, 4, bias=False, nonlinearity='relu')", rnn(nn.Bias(false), nn.Nonlinearity("relu")), batch, twice},
		{"nn.RNNCell(3, 4, nonlinearity='relu')", rnn(nn.Nonlinearity("relu")), one, withState},
		{"nn.GRUCell(3, 4, dtype=torch.float32)", gru(torch.Float32), batch, twice},
		{"nn.GRUCell(3, 4, bias=False)", gru(nn.Bias(false)), one, withState},
		{"nn.LSTMCell(3, 4)", lstm(), batch, lstmTwice},
		{"nn.LSTMCell(3, 4, False)", lstm(nn.Bias(false)), given(normal(3), normal(4), normal(4)), lstmGiven},
	})
}

func TestRecurrentLayersRefuseWhatPythonRefuses(t *testing.T) {
	ones := func(shape ...int64) *torch.Tensor { return torch.Ones(shape) }
	for _, c := range []struct {
		python string
		golang func()
	}{
		{"nn.RNN(0, 4)", func() { nn.NewRNN(0, 4) }},
		{"nn.GRU(3, 0)", func() { nn.NewGRU(3, 0) }},
		{"nn.LSTM(3, 4, 0)", func() { nn.NewLSTM(3, 4, nn.NumLayers(0)) }},
		{"nn.LSTM(3, 4, proj_size=4)", func() { nn.NewLSTM(3, 4, nn.ProjSize(4)) }},
		{"nn.LSTM(3, 4, proj_size=-1)", func() { nn.NewLSTM(3, 4, nn.ProjSize(-1)) }},
		{"nn.RNN(3, 4, dropout=1.5)", func() { nn.NewRNN(3, 4, nn.WithDropout(1.5)) }},
		{"nn.RNN(3, 4, nonlinearity='exp')", func() { nn.NewRNN(3, 4, nn.Nonlinearity("exp")) }},
		{"nn.RNN(3, 4)(torch.ones(3))", func() { nn.NewRNN(3, 4).Forward(ones(3)) }},
		{"nn.GRU(3, 4)(torch.ones(3))", func() { nn.NewGRU(3, 4).Forward(ones(3)) }},
		{"nn.LSTM(3, 4)(torch.ones(2, 2, 2))", func() { nn.NewLSTM(3, 4).Forward(ones(2, 2, 2)) }},
		{"nn.LSTM(3, 4)(torch.ones(2, 3, dtype=torch.float64))", func() { nn.NewLSTM(3, 4).Forward(ones(2, 3).To(torch.Float64)) }},
		{"nn.GRU(3, 4)(torch.ones(2, 2, 3), torch.ones(1, 4))", func() { nn.NewGRU(3, 4).Forward(ones(2, 2, 3), ones(1, 4)) }},
		{"nn.GRU(3, 4)(torch.ones(2, 3), torch.ones(1, 2, 4))", func() { nn.NewGRU(3, 4).Forward(ones(2, 3), ones(1, 2, 4)) }},
		{"nn.GRU(3, 4)(torch.ones(2, 2, 3), torch.ones(1, 2, 5))", func() { nn.NewGRU(3, 4).Forward(ones(2, 2, 3), ones(1, 2, 5)) }},
		{"nn.LSTM(3, 4)(torch.ones(2, 2, 3), (torch.ones(1, 2, 4), torch.ones(1, 2, 5)))", func() {
			nn.NewLSTM(3, 4).Forward(ones(2, 2, 3), ones(1, 2, 4), ones(1, 2, 5))
		}},
		{"nn.LSTM(3, 4)(torch.ones(2, 2, 3), (torch.ones(1, 4), torch.ones(1, 4)))", func() {
			nn.NewLSTM(3, 4).Forward(ones(2, 2, 3), ones(1, 4), ones(1, 4))
		}},
		{"nn.RNNCell(3, 4)(torch.ones(2, 2, 3))", func() { nn.NewRNNCell(3, 4).Forward(ones(2, 2, 3)) }},
		{"nn.GRUCell(3, 4)(torch.ones(2, 3), torch.ones(2, 2, 4))", func() { nn.NewGRUCell(3, 4).Forward(ones(2, 3), ones(2, 2, 4)) }},
		{"nn.LSTMCell(3, 4)(torch.ones(2, 3), (torch.ones(2, 2, 4), torch.ones(2, 4)))", func() {
			nn.NewLSTMCell(3, 4).Forward(ones(2, 3), ones(2, 2, 4), ones(2, 4))
		}},
		{"nn.RNNCell(3, 4, nonlinearity='exp')(torch.ones(2, 3))", func() { nn.NewRNNCell(3, 4, nn.Nonlinearity("exp")).Forward(ones(2, 3)) }},
		{"nn.GRUCell(3, 4)(torch.ones(2, 5))", func() { nn.NewGRUCell(3, 4).Forward(ones(2, 5)) }},
	} {
		t.Run(c.python, func(t *testing.T) {
			py := parity.RunError(t, c.python)
			err, ok := torch.Try(c.golang).(*torch.Error)
			if assert.True(t, ok) {
				assert.Equal(t, py.Error.Type, err.Kind)
				assert.Equal(t, py.Error.Message, err.Message)
			}
		})
	}
}

func TestHooksOfRecurrentLayers(t *testing.T) {
	m := nn.NewLSTM(3, 4)
	var inputs, outputs int
	m.RegisterForwardHook(func(_ nn.AnyModule, in, out []*torch.Tensor) []*torch.Tensor {
		inputs, outputs = len(in), len(out)
		return nil
	})
	m.Forward(torch.Ones([]int64{2, 3}))
	assert.Equal(t, []int{1, 3}, []int{inputs, outputs})
	_, h, c := m.Forward(torch.Ones([]int64{2, 3}))
	m.Forward(torch.Ones([]int64{2, 3}), h, c)
	assert.Equal(t, []int{3, 3}, []int{inputs, outputs})
	err := torch.Try(func() { m.Forward(torch.Ones([]int64{2, 3}), h) })
	assert.ErrorContains(t, err, "LSTM.Forward takes no state or 2, but 1 were given")
}
