package nn

import (
	"fmt"
	"slices"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/utils/rnn"
	"github.com/wangkuiyi/gotorch/torch"
)

// forward runs the layer, with its hooks, over a padded sequence.
func (l *RNNBase) forward(input *torch.Tensor, hx []*torch.Tensor) (output *torch.Tensor, states []*torch.Tensor) {
	l.checkStates(hx)
	if !l.hooked() {
		return l.runPadded(input, hx)
	}
	out := l.runOwn(func(in []*torch.Tensor) []*torch.Tensor {
		output, states := l.runPadded(in[0], in[1:])
		return append([]*torch.Tensor{output}, states...)
	}, append([]*torch.Tensor{input}, hx...)...)
	return out[0], out[1:]
}

// forwardPacked runs the layer over a packed sequence. Its hooks see the
// sequence's data.
func (l *RNNBase) forwardPacked(input *rnn.PackedSequence, hx []*torch.Tensor) (*rnn.PackedSequence, []*torch.Tensor) {
	if input == nil {
		raise("AttributeError", "'NoneType' object has no attribute 'dim'")
	}
	l.checkStates(hx)
	forward := func(in []*torch.Tensor) []*torch.Tensor {
		output, states := l.runPacked(&rnn.PackedSequence{Data: in[0], BatchSizes: input.BatchSizes,
			SortedIndices: input.SortedIndices, UnsortedIndices: input.UnsortedIndices}, in[1:])
		return append([]*torch.Tensor{output}, states...)
	}
	in := append([]*torch.Tensor{input.Data}, hx...)
	var out []*torch.Tensor
	if l.hooked() {
		out = l.runOwn(forward, in...)
	} else {
		out = forward(in)
	}
	return rnn.NewPackedSequence(out[0], input.BatchSizes, input.SortedIndices, input.UnsortedIndices), out[1:]
}

// states is how many states the mode has.
func (l *RNNBase) states() int {
	if l.Mode == "LSTM" {
		return 2
	}
	return 1
}

func (l *RNNBase) checkStates(hx []*torch.Tensor) {
	if n := l.states(); len(hx) != 0 && len(hx) != n {
		raise("TypeError", "%s.Forward takes no state or %d, but %d were given", l.name(), n, len(hx))
	}
}

func (l *RNNBase) runPadded(input *torch.Tensor, hx []*torch.Tensor) (*torch.Tensor, []*torch.Tensor) {
	dims := input.Dim()
	if dims != 2 && dims != 3 {
		tensor := ""
		if l.Mode == "RNN_TANH" || l.Mode == "RNN_RELU" {
			tensor = " tensor"
		}
		raise("ValueError", "%s: Expected input to be 2D or 3D, got %dD%s instead", l.name(), dims, tensor)
	}
	batched, batchDim := dims == 3, int64(1)
	if l.BatchFirst {
		batchDim = 0
	}
	l.checkStateDims(hx, batched)
	if !batched {
		input = input.Unsqueeze(batchDim)
		hx = mapTensors(hx, func(t *torch.Tensor) *torch.Tensor { return t.Unsqueeze(1) })
	}
	if len(hx) == 0 {
		hx = l.zeros(input, input.Size(batchDim))
		defer closeAll(hx)
	}
	l.checkArguments(input, hx, 3, input.Size(batchDim))
	output, states := l.recur(input, nil, hx)
	if !batched {
		output = output.Squeeze(torch.Dim(batchDim))
		states = mapTensors(states, func(t *torch.Tensor) *torch.Tensor { return t.Squeeze(torch.Dim(1)) })
	}
	return output, states
}

func (l *RNNBase) runPacked(input *rnn.PackedSequence, hx []*torch.Tensor) (*torch.Tensor, []*torch.Tensor) {
	batch := torch.ItemOf[int64](input.BatchSizes.Select(0, 0))
	if len(hx) == 0 {
		hx = l.zeros(input.Data, batch)
		defer closeAll(hx)
	} else {
		hx = permuted(hx, input.SortedIndices)
	}
	if l.Mode != "LSTM" { // which Python does not check here
		l.checkArguments(input.Data, hx, 2, batch)
	}
	output, states := l.recur(input.Data, input.BatchSizes, hx)
	return output, permuted(states, input.UnsortedIndices)
}

// recur calls the operator; batchSizes is nil if the input is padded.
func (l *RNNBase) recur(input, batchSizes *torch.Tensor, hx []*torch.Tensor) (*torch.Tensor, []*torch.Tensor) {
	if l.Mode == "LSTM" {
		output, hidden, cell := l.recurLSTM(input, batchSizes, hx)
		return output, []*torch.Tensor{hidden, cell}
	}
	var output, hidden *torch.Tensor
	if batchSizes == nil {
		padded := map[string]func(input, hx *torch.Tensor, params []*torch.Tensor, bias bool, layers int64, dropout float64,
			train, bidirectional, batchFirst bool) (*torch.Tensor, *torch.Tensor){
			"RNN_TANH": torch.RnnTanh, "RNN_RELU": torch.RnnRelu, "GRU": torch.Gru}[l.Mode]
		output, hidden = padded(input, hx[0], l.weights(), l.Bias, l.NumLayers, l.Dropout, l.Training(), l.Bidirectional, l.BatchFirst)
	} else {
		packed := map[string]func(data, batchSizes, hx *torch.Tensor, params []*torch.Tensor, bias bool, layers int64, dropout float64,
			train, bidirectional bool) (*torch.Tensor, *torch.Tensor){
			"RNN_TANH": torch.RnnTanhData, "RNN_RELU": torch.RnnReluData, "GRU": torch.GruData}[l.Mode]
		output, hidden = packed(input, batchSizes, hx[0], l.weights(), l.Bias, l.NumLayers, l.Dropout, l.Training(), l.Bidirectional)
	}
	return output, []*torch.Tensor{hidden}
}

func (l *RNNBase) recurLSTM(input, batchSizes *torch.Tensor, hx []*torch.Tensor) (output, hidden, cell *torch.Tensor) {
	if batchSizes == nil {
		return torch.Lstm(input, hx, l.weights(), l.Bias, l.NumLayers, l.Dropout, l.Training(), l.Bidirectional, l.BatchFirst)
	}
	return torch.LstmData(input, batchSizes, hx, l.weights(), l.Bias, l.NumLayers, l.Dropout, l.Training(), l.Bidirectional)
}

// zeros are the states at the start of a batch.
func (l *RNNBase) zeros(input *torch.Tensor, batch int64) []*torch.Tensor {
	var list []*torch.Tensor
	for i := range l.states() {
		list = append(list, torch.Zeros(l.stateShape(i, batch), input.DType(), input.Device()))
	}
	return list
}

func (l *RNNBase) stateShape(i int, batch int64) []int64 {
	size := l.outputSize()
	if i == 1 { // the cell state is not projected
		size = l.HiddenSize
	}
	return []int64{l.NumLayers * l.directions(), batch, size}
}

func (l *RNNBase) checkStateDims(hx []*torch.Tensor, batched bool) {
	wanted, kind := int64(2), "unbatched"
	if batched {
		wanted, kind = 3, "batched"
	}
	for _, h := range hx {
		switch {
		case h.Dim() == wanted:
		case l.Mode == "LSTM":
			raise("RuntimeError", "For %s %d-D input, hx and cx should also be %[2]d-D but got (%d-D, %d-D) tensors",
				kind, wanted, hx[0].Dim(), hx[1].Dim())
		default:
			raise("RuntimeError", "For %s %d-D input, hx should also be %[2]d-D but got %d-D tensor", kind, wanted, h.Dim())
		}
	}
}

func (l *RNNBase) checkArguments(input *torch.Tensor, hx []*torch.Tensor, dims, batch int64) {
	if want := l.weights()[0].DType(); input.DType() != want && !torch.IsAnyAutocastEnabled() {
		raise("ValueError", "RNN input dtype (%s) does not match weight dtype (%s). Convert input: input.to(%[2]s), "+
			"or convert model: model.to(%[1]s)", input.DType(), want)
	}
	if input.Dim() != dims {
		raise("RuntimeError", "input must have %d dimensions, got %d", dims, input.Dim())
	}
	if n := input.Size(-1); n != l.InputSize {
		raise("RuntimeError", "input.size(-1) must be equal to input_size. Expected %d, got %d", l.InputSize, n)
	}
	for i, h := range hx {
		which := ""
		if l.Mode == "LSTM" {
			which = fmt.Sprintf("[%d]", i)
		}
		if want := l.stateShape(i, batch); !slices.Equal(h.Shape(), want) {
			raise("RuntimeError", "Expected hidden%s size %s, got %s", which, pytext.Tuple(want), pytext.List(h.Shape()))
		}
	}
}

// permuted reorders the batch of states; nil is no permutation.
func permuted(states []*torch.Tensor, permutation *torch.Tensor) []*torch.Tensor {
	if permutation == nil {
		return states
	}
	return mapTensors(states, func(t *torch.Tensor) *torch.Tensor { return t.IndexSelect(1, permutation) })
}
