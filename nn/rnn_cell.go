package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/torch"
)

// RNNCellBase is what [RNNCell], [LSTMCell] and [GRUCell] have in common; they
// embed it. Its parameters start uniform in ±1/sqrt(HiddenSize).
type RNNCellBase struct {
	Module
	InputSize, HiddenSize int64
	WeightIh              *torch.Tensor // (gates*HiddenSize, InputSize)
	WeightHh              *torch.Tensor // (gates*HiddenSize, HiddenSize)
	BiasIh, BiasHh        *torch.Tensor // (gates*HiddenSize), or nil
}

// setUp makes the parameters, after Init.
func (c *RNNCellBase) setUp(gates int64, bias Bias, f factory) {
	c.WeightIh, c.WeightHh = f.parameter(gates*c.HiddenSize, c.InputSize), f.parameter(gates*c.HiddenSize, c.HiddenSize)
	if bias {
		c.BiasIh, c.BiasHh = f.parameter(gates*c.HiddenSize), f.parameter(gates*c.HiddenSize)
	}
	c.ResetParameters()
}

// ResetParameters draws the parameters anew.
func (c *RNNCellBase) ResetParameters() { resetUniform(&c.Module, c.HiddenSize) }

// ExtraRepr returns the sizes.
func (c *RNNCellBase) ExtraRepr() string { return c.repr("") }

func (c *RNNCellBase) repr(rest string) string {
	s := fmt.Sprintf("%d, %d", c.InputSize, c.HiddenSize)
	if c.BiasIh == nil {
		s += ", bias=False"
	}
	return s + rest
}

// step runs a cell on inputs that are batched.
func (c *RNNCellBase) step(input *torch.Tensor, hx []*torch.Tensor, states int,
	cell func(input *torch.Tensor, hx []*torch.Tensor) []*torch.Tensor) []*torch.Tensor {
	c.check(input, hx, states)
	batched := input.Dim() == 2
	if !batched {
		input = input.Unsqueeze(0)
		hx = mapTensors(hx, func(t *torch.Tensor) *torch.Tensor { return t.Unsqueeze(0) })
	}
	if len(hx) == 0 {
		zeros := torch.Zeros([]int64{input.Size(0), c.HiddenSize}, input.DType(), input.Device())
		defer zeros.Close()
		hx = []*torch.Tensor{zeros, zeros}[:states]
	}
	out := cell(input, hx)
	if !batched {
		out = mapTensors(out, func(t *torch.Tensor) *torch.Tensor { return t.Squeeze(torch.Dim(0)) })
	}
	return out
}

func (c *RNNCellBase) check(input *torch.Tensor, hx []*torch.Tensor, states int) {
	if len(hx) != 0 && len(hx) != states {
		raise("TypeError", "%s.Forward takes no state or %d, but %d were given", c.name(), states, len(hx))
	}
	if n := input.Dim(); n != 1 && n != 2 {
		raise("ValueError", "%s: Expected input to be 1D or 2D, got %dD instead", c.name(), n)
	}
	for i, h := range hx {
		which := "hidden"
		if states == 2 {
			which = fmt.Sprintf("hx[%d]", i)
		}
		if n := h.Dim(); n != 1 && n != 2 {
			raise("ValueError", "%s: Expected %s to be 1D or 2D, got %dD instead", c.name(), which, n)
		}
	}
}

// called runs forward with the hooks, if there are any.
func (c *RNNCellBase) called(forward func(in []*torch.Tensor) []*torch.Tensor, input *torch.Tensor, hx []*torch.Tensor) []*torch.Tensor {
	in := append([]*torch.Tensor{input}, hx...)
	if c.hooked() {
		return c.runOwn(forward, in...)
	}
	return forward(in)
}

// readCellOption reads an option that all cells have.
func readCellOption(o any, bias *Bias, f *factory) {
	switch o := o.(type) {
	case Bias:
		*bias = o
	case torch.DType:
		f.dtype = o
	case torch.Device:
		f.device = o
	}
}

// RNNCell is one step of Elman's recurrent layer, Python's nn.RNNCell.
//
// Input of shape (N, InputSize) or (InputSize) gives states of shape (N,
// HiddenSize) or (HiddenSize). Other dimensions panic with a ValueError, other
// sizes with a RuntimeError.
type RNNCell struct {
	RNNCellBase
	Nonlinearity string // "tanh" or "relu"
}

// NewRNNCell returns a new [RNNCell]. The defaults are [Bias] true and
// [Nonlinearity] "tanh".
func NewRNNCell(inputSize, hiddenSize int64, opts ...RNNCellOption) *RNNCell {
	c := &RNNCell{RNNCellBase: RNNCellBase{InputSize: inputSize, HiddenSize: hiddenSize}, Nonlinearity: "tanh"}
	bias, f := Bias(true), factory{}
	for _, o := range opts {
		if name, ok := o.(Nonlinearity); ok {
			c.Nonlinearity = string(name)
		}
		readCellOption(o, &bias, &f)
	}
	c.Init(c)
	c.setUp(1, bias, f)
	return c
}

// Forward returns the state after a step with input of shape (N, InputSize) or
// (InputSize). hx, at most one tensor of shape (N, HiddenSize) or (HiddenSize), is
// the state before: zeros without it.
func (c *RNNCell) Forward(input *torch.Tensor, hx ...*torch.Tensor) *torch.Tensor {
	return c.called(c.forward, input, hx)[0]
}

func (c *RNNCell) forward(in []*torch.Tensor) []*torch.Tensor {
	return c.step(in[0], in[1:], 1, func(input *torch.Tensor, hx []*torch.Tensor) []*torch.Tensor {
		switch c.Nonlinearity {
		case "tanh":
			return []*torch.Tensor{torch.RnnTanhCell(input, hx[0], c.WeightIh, c.WeightHh, torch.BIh(c.BiasIh), torch.BHh(c.BiasHh))}
		case "relu":
			return []*torch.Tensor{torch.RnnReluCell(input, hx[0], c.WeightIh, c.WeightHh, torch.BIh(c.BiasIh), torch.BHh(c.BiasHh))}
		}
		raise("RuntimeError", "Unknown nonlinearity: %s", c.Nonlinearity)
		panic("unreachable")
	})
}

// ExtraRepr returns the arguments that differ from their defaults.
func (c *RNNCell) ExtraRepr() string {
	if c.Nonlinearity == "tanh" {
		return c.repr("")
	}
	return c.repr(", nonlinearity=" + c.Nonlinearity)
}

// LSTMCell is one step of an LSTM, Python's nn.LSTMCell.
//
// Input of shape (N, InputSize) or (InputSize) gives states of shape (N,
// HiddenSize) or (HiddenSize). Other dimensions panic with a ValueError, other
// sizes with a RuntimeError.
type LSTMCell struct{ RNNCellBase }

// NewLSTMCell returns a new [LSTMCell]. The default of [Bias] is true.
func NewLSTMCell(inputSize, hiddenSize int64, opts ...CellOption) *LSTMCell {
	c := &LSTMCell{RNNCellBase{InputSize: inputSize, HiddenSize: hiddenSize}}
	bias, f := Bias(true), factory{}
	for _, o := range opts {
		readCellOption(o, &bias, &f)
	}
	c.Init(c)
	c.setUp(4, bias, f)
	return c
}

// Forward returns the hidden state and the cell state after a step with input of
// shape (N, InputSize) or (InputSize). hx is nothing, for zeros, or both states
// before, of shape (N, HiddenSize) or (HiddenSize).
func (c *LSTMCell) Forward(input *torch.Tensor, hx ...*torch.Tensor) (hidden, cell *torch.Tensor) {
	out := c.called(c.forward, input, hx)
	return out[0], out[1]
}

func (c *LSTMCell) forward(in []*torch.Tensor) []*torch.Tensor {
	return c.step(in[0], in[1:], 2, func(input *torch.Tensor, hx []*torch.Tensor) []*torch.Tensor {
		hidden, cell := torch.LstmCell(input, hx, c.WeightIh, c.WeightHh, torch.BIh(c.BiasIh), torch.BHh(c.BiasHh))
		return []*torch.Tensor{hidden, cell}
	})
}

// GRUCell is one step of a gated recurrent unit, Python's nn.GRUCell.
//
// Input of shape (N, InputSize) or (InputSize) gives states of shape (N,
// HiddenSize) or (HiddenSize). Other dimensions panic with a ValueError, other
// sizes with a RuntimeError.
type GRUCell struct{ RNNCellBase }

// NewGRUCell returns a new [GRUCell]. The default of [Bias] is true.
func NewGRUCell(inputSize, hiddenSize int64, opts ...CellOption) *GRUCell {
	c := &GRUCell{RNNCellBase{InputSize: inputSize, HiddenSize: hiddenSize}}
	bias, f := Bias(true), factory{}
	for _, o := range opts {
		readCellOption(o, &bias, &f)
	}
	c.Init(c)
	c.setUp(3, bias, f)
	return c
}

// Forward returns the state after a step; arguments are those of
// [RNNCell.Forward].
func (c *GRUCell) Forward(input *torch.Tensor, hx ...*torch.Tensor) *torch.Tensor {
	return c.called(c.forward, input, hx)[0]
}

func (c *GRUCell) forward(in []*torch.Tensor) []*torch.Tensor {
	return c.step(in[0], in[1:], 1, func(input *torch.Tensor, hx []*torch.Tensor) []*torch.Tensor {
		return []*torch.Tensor{torch.GruCell(input, hx[0], c.WeightIh, c.WeightHh, torch.BIh(c.BiasIh), torch.BHh(c.BiasHh))}
	})
}
