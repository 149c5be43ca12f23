package main

import (
	"github.com/wangkuiyi/gotorch/nn"
	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// GPT predicts the next character after each character of a text.
type GPT struct {
	nn.Module
	tokens, positions *nn.Embedding
	dropout           *nn.Dropout
	blocks            *nn.ModuleList[*nn.TransformerEncoderLayer]
	norm              *nn.LayerNorm
	head              *nn.Linear
}

func NewGPT(vocabulary, length, layers, width, heads int64, dropout float64) *GPT {
	m := &GPT{}
	m.Init(m)
	m.tokens = nn.NewEmbedding(vocabulary, width)
	m.positions = nn.NewEmbedding(length, width)
	m.dropout = nn.NewDropout(nn.P(dropout))
	m.blocks = nn.NewModuleList[*nn.TransformerEncoderLayer]()
	for range layers {
		m.blocks.Append(nn.NewTransformerEncoderLayer(width, heads, nn.DimFeedforward(4*width), nn.WithDropout(dropout),
			nn.Activation("gelu"), nn.BatchFirst(true), nn.NormFirst(true)))
	}
	m.norm = nn.NewLayerNorm(width)
	m.head = nn.NewLinear(width, vocabulary, nn.Bias(false))
	return m
}

// Forward takes characters of shape (N, L), and returns logits of shape (N, L,
// vocabulary).
func (m *GPT) Forward(x *torch.Tensor) *torch.Tensor {
	length := x.Size(1)
	mask := nn.GenerateSquareSubsequentMask(length)
	h := m.tokens.Forward(x).Add(m.positions.Forward(torch.Arange(length)))
	h = m.dropout.Forward(h)
	for _, block := range m.blocks.All() {
		h = block.Forward(h, nn.SrcMask(mask), nn.IsCausal(true))
	}
	return m.head.Forward(m.norm.Forward(h))
}

// Loss returns the cross entropy of what follows each character in windows, of
// shape (N, L+1).
func (m *GPT) Loss(windows *torch.Tensor) *torch.Tensor {
	length := windows.Size(1) - 1
	logits := m.Forward(windows.Narrow(1, 0, length))
	return F.CrossEntropy(logits.Flatten(torch.EndDim(1)), windows.Narrow(1, 1, length).Flatten())
}

// Generate draws n characters, one after the other, given a first one.
func (m *GPT) Generate(first, n int64) []int64 {
	m.Eval()
	text := []int64{first}
	torch.NoGrad(func() {
		for range torch.Scoped(int(n)) {
			recent := text[max(0, len(text)-int(m.positions.NumEmbeddings)):]
			logits := m.Forward(torch.NewTensor(recent).Unsqueeze(0)).Select(1, -1)
			next := torch.Multinomial(F.Softmax(logits, -1), 1)
			text = append(text, torch.ItemOf[int64](next))
		}
	})
	return text[1:]
}
