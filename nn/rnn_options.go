package nn

import "github.com/wangkuiyi/gotorch/internal/option"

// NumLayers is how many recurrent layers are stacked. Its default is 1.
type NumLayers int64

// Nonlinearity is the function in [RNN] and [RNNCell]: "tanh", the default, or
// "relu".
type Nonlinearity string

// BatchFirst says that batches have shape (N, L, H) rather than (L, N, H). States
// have the same shape either way. Its default is false.
type BatchFirst bool

// WithDropout is the probability of an element between stacked layers to be set
// to zero. Its default is 0.
type WithDropout float64

// Bidirectional has a second layer read the sequence from its end. Its default is
// false.
type Bidirectional bool

// ProjSize has [LSTM] project its hidden state to this size; 0, the default, does
// not.
type ProjSize int64

// An RNNOption is an option of [NewRNN]: [NumLayers], [Nonlinearity], [Bias],
// [BatchFirst], [WithDropout], [Bidirectional], a [torch.DType], a [torch.Device].
type RNNOption interface{ RNNOption(option.Marker) }

// An LSTMOption is an option of [NewLSTM]: [NumLayers], [Bias], [BatchFirst],
// [WithDropout], [Bidirectional], [ProjSize], a [torch.DType], a [torch.Device].
type LSTMOption interface{ LSTMOption(option.Marker) }

// A GRUOption is an option of [NewGRU]: [NumLayers], [Bias], [BatchFirst],
// [WithDropout], [Bidirectional], a [torch.DType], a [torch.Device].
type GRUOption interface{ GRUOption(option.Marker) }

// An RNNCellOption is an option of [NewRNNCell]: [Bias], [Nonlinearity], a
// [torch.DType], a [torch.Device].
type RNNCellOption interface{ RNNCellOption(option.Marker) }

// A CellOption is an option of [NewLSTMCell] and [NewGRUCell]: [Bias], a
// [torch.DType], a [torch.Device].
type CellOption interface{ CellOption(option.Marker) }

// RNNOption makes NumLayers an option of [NewRNN].
func (NumLayers) RNNOption(option.Marker) {}

// LSTMOption makes NumLayers an option of [NewLSTM].
func (NumLayers) LSTMOption(option.Marker) {}

// GRUOption makes NumLayers an option of [NewGRU].
func (NumLayers) GRUOption(option.Marker) {}

// RNNOption makes Nonlinearity an option of [NewRNN].
func (Nonlinearity) RNNOption(option.Marker) {}

// RNNCellOption makes Nonlinearity an option of [NewRNNCell].
func (Nonlinearity) RNNCellOption(option.Marker) {}

// RNNOption makes Bias an option of [NewRNN].
func (Bias) RNNOption(option.Marker) {}

// LSTMOption makes Bias an option of [NewLSTM].
func (Bias) LSTMOption(option.Marker) {}

// GRUOption makes Bias an option of [NewGRU].
func (Bias) GRUOption(option.Marker) {}

// RNNCellOption makes Bias an option of [NewRNNCell].
func (Bias) RNNCellOption(option.Marker) {}

// CellOption makes Bias an option of [NewLSTMCell] and [NewGRUCell].
func (Bias) CellOption(option.Marker) {}

// RNNOption makes BatchFirst an option of [NewRNN].
func (BatchFirst) RNNOption(option.Marker) {}

// LSTMOption makes BatchFirst an option of [NewLSTM].
func (BatchFirst) LSTMOption(option.Marker) {}

// GRUOption makes BatchFirst an option of [NewGRU].
func (BatchFirst) GRUOption(option.Marker) {}

// RNNOption makes WithDropout an option of [NewRNN].
func (WithDropout) RNNOption(option.Marker) {}

// LSTMOption makes WithDropout an option of [NewLSTM].
func (WithDropout) LSTMOption(option.Marker) {}

// GRUOption makes WithDropout an option of [NewGRU].
func (WithDropout) GRUOption(option.Marker) {}

// RNNOption makes Bidirectional an option of [NewRNN].
func (Bidirectional) RNNOption(option.Marker) {}

// LSTMOption makes Bidirectional an option of [NewLSTM].
func (Bidirectional) LSTMOption(option.Marker) {}

// GRUOption makes Bidirectional an option of [NewGRU].
func (Bidirectional) GRUOption(option.Marker) {}

// LSTMOption makes ProjSize an option of [NewLSTM].
func (ProjSize) LSTMOption(option.Marker) {}
