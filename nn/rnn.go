package nn

import (
	"fmt"
	"math"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/ninit"
	"github.com/wangkuiyi/gotorch/nn/utils/rnn"
	"github.com/wangkuiyi/gotorch/torch"
)

// RNNBase is what recurrent layers have in common; they embed it. Python's
// nn.RNNBase.
//
// Its parameters are registered by name: weight_ih_l0 (gates*HiddenSize,
// InputSize), weight_hh_l0, bias_ih_l0 and bias_hh_l0 for layer 0, with
// weight_hr_l0 where the state is projected, then the same with _reverse behind if
// the layer is bidirectional, then layer 1. They start uniform in
// ±1/sqrt(HiddenSize).
type RNNBase struct {
	Module
	Mode                  string // "RNN_TANH", "RNN_RELU", "LSTM" or "GRU"
	InputSize, HiddenSize int64
	NumLayers             int64
	Bias, BatchFirst      bool
	Dropout               float64
	Bidirectional         bool
	ProjSize              int64 // 0: no projection
	f                     factory
	names                 []string // of the weights
}

// gates is how many blocks of HiddenSize rows the weights of each mode have.
var gates = map[string]int64{"RNN_TANH": 1, "RNN_RELU": 1, "GRU": 3, "LSTM": 4}

// newBase returns the base of a layer without options.
func newBase(mode string, inputSize, hiddenSize int64) RNNBase {
	return RNNBase{Mode: mode, InputSize: inputSize, HiddenSize: hiddenSize, NumLayers: 1, Bias: true}
}

// read takes an option that all recurrent layers have.
func (l *RNNBase) read(o any) {
	switch o := o.(type) {
	case NumLayers:
		l.NumLayers = int64(o)
	case Bias:
		l.Bias = bool(o)
	case BatchFirst:
		l.BatchFirst = bool(o)
	case WithDropout:
		l.Dropout = float64(o)
	case Bidirectional:
		l.Bidirectional = bool(o)
	case ProjSize:
		l.ProjSize = int64(o)
	case torch.DType:
		l.f.dtype = o
	case torch.Device:
		l.f.device = o
	}
}

// setUp makes the parameters, after Init.
func (l *RNNBase) setUp() {
	l.check()
	for layer := range l.NumLayers {
		for direction := range l.directions() {
			l.addParameters(layer, direction)
		}
	}
	l.ResetParameters()
}

// check panics with a ValueError unless the arguments fit together.
func (l *RNNBase) check() {
	if !(0 <= l.Dropout && l.Dropout <= 1) {
		raise("ValueError", "dropout should be a number in range [0, 1] representing the probability of an element being zeroed")
	}
	if l.Dropout > 0 && l.NumLayers == 1 {
		torch.Warn("dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects "+
			"num_layers greater than 1, but got dropout=%s and num_layers=%d", pytext.Float(l.Dropout), l.NumLayers)
	}
	switch {
	case l.InputSize <= 0:
		raise("ValueError", "input_size must be greater than zero")
	case l.HiddenSize <= 0:
		raise("ValueError", "hidden_size must be greater than zero")
	case l.NumLayers <= 0:
		raise("ValueError", "num_layers must be greater than zero")
	case l.ProjSize < 0:
		raise("ValueError", "proj_size should be a positive integer or zero to disable projections")
	case l.ProjSize >= l.HiddenSize:
		raise("ValueError", "proj_size has to be smaller than hidden_size")
	}
}

func (l *RNNBase) directions() int64 {
	if l.Bidirectional {
		return 2
	}
	return 1
}

// outputSize is the size of the hidden state, after the projection.
func (l *RNNBase) outputSize() int64 {
	if l.ProjSize > 0 {
		return l.ProjSize
	}
	return l.HiddenSize
}

func (l *RNNBase) addParameters(layer, direction int64) {
	rows, inputSize := gates[l.Mode]*l.HiddenSize, l.InputSize
	if layer > 0 {
		inputSize = l.outputSize() * l.directions()
	}
	suffix := fmt.Sprintf("_l%d", layer)
	if direction == 1 {
		suffix += "_reverse"
	}
	add := func(name string, size ...int64) {
		l.names = append(l.names, name+suffix)
		l.RegisterParameter(name+suffix, l.f.parameter(size...))
	}
	add("weight_ih", rows, inputSize)
	add("weight_hh", rows, l.outputSize())
	if l.Bias {
		add("bias_ih", rows)
		add("bias_hh", rows)
	}
	if l.ProjSize > 0 {
		add("weight_hr", l.ProjSize, l.HiddenSize)
	}
}

// ResetParameters draws the parameters anew.
func (l *RNNBase) ResetParameters() { resetUniform(&l.Module, l.HiddenSize) }

func resetUniform(m *Module, hiddenSize int64) {
	bound := 1 / math.Sqrt(float64(hiddenSize))
	for _, p := range m.self.Parameters() {
		ninit.Uniform_(p, -bound, bound)
	}
}

// FlattenParameters does nothing on the CPU. With cuDNN, Python's method of this
// name lays all parameters into one block, which is faster.
func (l *RNNBase) FlattenParameters() {}

// weights are the parameters in the order in which the operators take them.
func (l *RNNBase) weights() []*torch.Tensor {
	list := make([]*torch.Tensor, len(l.names))
	for i, name := range l.names {
		list[i], _ = l.own(name)
	}
	return list
}

// ExtraRepr returns the arguments that differ from their defaults.
func (l *RNNBase) ExtraRepr() string {
	s := fmt.Sprintf("%d, %d", l.InputSize, l.HiddenSize)
	if l.ProjSize != 0 {
		s += fmt.Sprintf(", proj_size=%d", l.ProjSize)
	}
	if l.NumLayers != 1 {
		s += fmt.Sprintf(", num_layers=%d", l.NumLayers)
	}
	if !l.Bias {
		s += ", bias=False"
	}
	if l.BatchFirst {
		s += ", batch_first=True"
	}
	if l.Dropout != 0 {
		s += ", dropout=" + pytext.Float(l.Dropout)
	}
	if l.Bidirectional {
		s += ", bidirectional=True"
	}
	return s
}

// RNN is a stack of Elman's recurrent layers, Python's nn.RNN: at each step
// h' = tanh(x @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh), or relu.
//
// Input of shape (L, N, InputSize), (N, L, InputSize) with [BatchFirst], or (L,
// InputSize) gives output with D*HiddenSize in place of InputSize, D being 2 if
// bidirectional. Other dimensions panic with a ValueError, other sizes with a
// RuntimeError.
type RNN struct {
	RNNBase
	Nonlinearity string // "tanh" or "relu"
}

// NewRNN returns a new [RNN]. Sizes that are not positive and other arguments
// that do not fit panic with a ValueError. The defaults are [NumLayers] 1,
// [Nonlinearity] "tanh", [Bias] true, [BatchFirst] false, [WithDropout] 0 and
// [Bidirectional] false.
func NewRNN(inputSize, hiddenSize int64, opts ...RNNOption) *RNN {
	l := &RNN{RNNBase: newBase("RNN_TANH", inputSize, hiddenSize), Nonlinearity: "tanh"}
	for _, o := range opts {
		if name, ok := o.(Nonlinearity); ok {
			l.Nonlinearity = string(name)
		}
		l.read(o)
	}
	switch l.Nonlinearity {
	case "tanh":
	case "relu":
		l.Mode = "RNN_RELU"
	default:
		raise("ValueError", "Unknown nonlinearity '%s'. Select from 'tanh' or 'relu'.", l.Nonlinearity)
	}
	l.Init(l)
	l.setUp()
	return l
}

// Forward reads a sequence of shape (L, N, InputSize), (N, L, InputSize) with
// [BatchFirst], or (L, InputSize). It returns the last layer's state after each
// step, (L, N, D*HiddenSize) and so on, D being 2 if bidirectional, and every
// layer's state at the end, (D*NumLayers, N, HiddenSize) or (D*NumLayers,
// HiddenSize). hx, at most one tensor, is the state at the start, of that shape:
// zeros without it.
func (l *RNN) Forward(input *torch.Tensor, hx ...*torch.Tensor) (output, hidden *torch.Tensor) {
	output, states := l.forward(input, hx)
	return output, states[0]
}

// ForwardPacked is Forward for a packed batch of sequences.
func (l *RNN) ForwardPacked(input *rnn.PackedSequence, hx ...*torch.Tensor) (output *rnn.PackedSequence, hidden *torch.Tensor) {
	output, states := l.forwardPacked(input, hx)
	return output, states[0]
}

// GRU is a stack of layers of gated recurrent units, Python's nn.GRU.
//
// Input of shape (L, N, InputSize), (N, L, InputSize) with [BatchFirst], or (L,
// InputSize) gives output with D*HiddenSize in place of InputSize, D being 2 if
// bidirectional. Other dimensions panic with a ValueError, other sizes with a
// RuntimeError.
type GRU struct{ RNNBase }

// NewGRU returns a new [GRU]. Sizes that are not positive and other arguments
// that do not fit panic with a ValueError. The defaults are those of [NewRNN].
func NewGRU(inputSize, hiddenSize int64, opts ...GRUOption) *GRU {
	l := &GRU{newBase("GRU", inputSize, hiddenSize)}
	for _, o := range opts {
		l.read(o)
	}
	l.Init(l)
	l.setUp()
	return l
}

// Forward reads a sequence; arguments and results are those of [RNN.Forward].
func (l *GRU) Forward(input *torch.Tensor, hx ...*torch.Tensor) (output, hidden *torch.Tensor) {
	output, states := l.forward(input, hx)
	return output, states[0]
}

// ForwardPacked is Forward for a packed batch of sequences.
func (l *GRU) ForwardPacked(input *rnn.PackedSequence, hx ...*torch.Tensor) (output *rnn.PackedSequence, hidden *torch.Tensor) {
	output, states := l.forwardPacked(input, hx)
	return output, states[0]
}

// LSTM is a stack of layers of long short-term memory, Python's nn.LSTM.
//
// Input of shape (L, N, InputSize), (N, L, InputSize) with [BatchFirst], or (L,
// InputSize) gives output with D*HiddenSize in place of InputSize, D being 2 if
// bidirectional. Other dimensions panic with a ValueError, other sizes with a
// RuntimeError.
type LSTM struct{ RNNBase }

// NewLSTM returns a new [LSTM]. Sizes that are not positive and other arguments
// that do not fit panic with a ValueError. The defaults are those of [NewRNN], and
// [ProjSize] 0, which is no projection.
func NewLSTM(inputSize, hiddenSize int64, opts ...LSTMOption) *LSTM {
	l := &LSTM{newBase("LSTM", inputSize, hiddenSize)}
	for _, o := range opts {
		l.read(o)
	}
	l.Init(l)
	l.setUp()
	return l
}

// Forward reads a sequence as [RNN.Forward] does, and returns the cell state at
// the end, too, (D*NumLayers, N, HiddenSize). hx is nothing, or the hidden state
// and the cell state at the start. With [ProjSize] the hidden state, but not the
// cell state, has that size.
func (l *LSTM) Forward(input *torch.Tensor, hx ...*torch.Tensor) (output, hidden, cell *torch.Tensor) {
	output, states := l.forward(input, hx)
	return output, states[0], states[1]
}

// ForwardPacked is Forward for a packed batch of sequences.
func (l *LSTM) ForwardPacked(input *rnn.PackedSequence, hx ...*torch.Tensor) (output *rnn.PackedSequence, hidden, cell *torch.Tensor) {
	output, states := l.forwardPacked(input, hx)
	return output, states[0], states[1]
}
