package main

import (
	"github.com/wangkuiyi/gotorch/nn"
	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// step returns a training step: it runs forward, which returns the loss, and
// updates the parameters.
func step(optimizer optim.Optimizer, forward func() *torch.Tensor) func() {
	return func() {
		optimizer.ZeroGrad()
		loss := forward()
		loss.Backward()
		optimizer.Step()
		loss.Item()
	}
}

// mlp is four linear layers of 64 and a batch of 32.
func mlp() (optimizer optim.Optimizer, loss func() *torch.Tensor) {
	model := nn.NewSequential(nn.NewLinear(64, 64), nn.NewReLU(), nn.NewLinear(64, 64), nn.NewReLU(),
		nn.NewLinear(64, 64), nn.NewReLU(), nn.NewLinear(64, 64))
	optimizer = optim.NewSGD(model.Parameters(), optim.LR(0.01))
	x, y := randn(32, 64), randn(32, 64)
	return optimizer, func() *torch.Tensor { return F.MseLoss(model.Forward(x), y) }
}

func mlpStep() func() { return step(mlp()) }

// A languageModel predicts the next word of each.
type languageModel struct {
	nn.Module
	embedding *nn.Embedding
	lstm      *nn.LSTM
	decoder   *nn.Linear
}

func newLanguageModel(words, size int64) *languageModel {
	m := &languageModel{}
	m.Init(m)
	m.embedding = nn.NewEmbedding(words, size)
	m.lstm = nn.NewLSTM(size, size, nn.NumLayers(2), nn.WithDropout(0.2))
	m.decoder = nn.NewLinear(size, words)
	return m
}

func (m *languageModel) Forward(input *torch.Tensor) *torch.Tensor {
	output, _, _ := m.lstm.Forward(m.embedding.Forward(input))
	return m.decoder.Forward(output)
}

// lstmStep trains a language model of 1,000 words with Adam on 8 sequences of 20.
func lstmStep() func() {
	model := newLanguageModel(1000, 64)
	optimizer := optim.NewAdam(model.Parameters(), optim.LR(1e-3))
	words := torch.Randint(0, 1000, []int64{21, 8})
	input, target := words.Narrow(0, 0, 20), words.Narrow(0, 1, 20).Reshape(-1)
	return step(optimizer, func() *torch.Tensor {
		return F.CrossEntropy(model.Forward(input).View(-1, 1000), target)
	})
}

// block is a residual block of ResNet-18.
type block struct {
	nn.Module
	conv1, conv2 *nn.Conv2d
	bn1, bn2     *nn.BatchNorm2d
	downsample   *nn.Sequential
}

func newBlock(in, out, stride int64) *block {
	m := &block{}
	m.Init(m)
	m.conv1 = nn.NewConv2d(in, out, 3, nn.Stride(stride), nn.Padding(1), nn.Bias(false))
	m.bn1 = nn.NewBatchNorm2d(out)
	m.conv2 = nn.NewConv2d(out, out, 3, nn.Padding(1), nn.Bias(false))
	m.bn2 = nn.NewBatchNorm2d(out)
	if stride != 1 || in != out {
		m.downsample = nn.NewSequential(nn.NewConv2d(in, out, 1, nn.Stride(stride), nn.Bias(false)), nn.NewBatchNorm2d(out))
	}
	return m
}

func (m *block) Forward(x *torch.Tensor) *torch.Tensor {
	identity := x
	out := F.Relu(m.bn1.Forward(m.conv1.Forward(x)))
	out = m.bn2.Forward(m.conv2.Forward(out))
	if m.downsample != nil {
		identity = m.downsample.Forward(x)
	}
	return F.Relu(out.Add(identity))
}

// resnetStep trains ResNet-18 on 32 images of 32x32.
func resnetStep() func() {
	layers := []nn.Layer{nn.NewConv2d(3, 64, 7, nn.Stride(2), nn.Padding(3), nn.Bias(false)), nn.NewBatchNorm2d(64), nn.NewReLU(),
		nn.NewMaxPool2d(3, nn.Stride(2), nn.Padding(1))}
	in := int64(64)
	for i, out := range []int64{64, 128, 256, 512} {
		layers = append(layers, newBlock(in, out, int64(min(i+1, 2))), newBlock(out, out, 1))
		in = out
	}
	layers = append(layers, nn.NewAdaptiveAvgPool2d(1), nn.NewFlatten(), nn.NewLinear(512, 10))
	model := nn.NewSequential(layers...)
	optimizer := optim.NewSGD(model.Parameters(), optim.LR(0.01), optim.Momentum(0.9))
	x, y := randn(32, 3, 32, 32), torch.Randint(0, 10, []int64{32})
	return step(optimizer, func() *torch.Tensor { return F.CrossEntropy(model.Forward(x), y) })
}

// A gpt predicts the next character of each.
type gpt struct {
	nn.Module
	tokens, positions *nn.Embedding
	blocks            *nn.ModuleList[*nn.TransformerEncoderLayer]
	norm              *nn.LayerNorm
	head              *nn.Linear
}

func newGPT(vocabulary, length, layers, width, heads int64) *gpt {
	m := &gpt{}
	m.Init(m)
	m.tokens = nn.NewEmbedding(vocabulary, width)
	m.positions = nn.NewEmbedding(length, width)
	m.blocks = nn.NewModuleList[*nn.TransformerEncoderLayer]()
	for range layers {
		m.blocks.Append(nn.NewTransformerEncoderLayer(width, heads, nn.DimFeedforward(4*width), nn.Activation("gelu"),
			nn.BatchFirst(true), nn.NormFirst(true)))
	}
	m.norm = nn.NewLayerNorm(width)
	m.head = nn.NewLinear(width, vocabulary, nn.Bias(false))
	return m
}

func (m *gpt) Forward(x *torch.Tensor) *torch.Tensor {
	mask := nn.GenerateSquareSubsequentMask(x.Size(1), x.Device())
	h := m.tokens.Forward(x).Add(m.positions.Forward(torch.Arange(x.Size(1), x.Device())))
	for _, block := range m.blocks.All() {
		h = block.Forward(h, nn.SrcMask(mask), nn.IsCausal(true))
	}
	return m.head.Forward(m.norm.Forward(h))
}

// gptStep trains a character model of 4 layers, 64 wide, on 4 sequences of 64.
func gptStep() func() {
	model := newGPT(65, 64, 4, 64, 4)
	optimizer := optim.NewAdamW(model.Parameters(), optim.LR(1e-3))
	text := torch.Randint(0, 65, []int64{4, 65})
	input, target := text.Narrow(1, 0, 64), text.Narrow(1, 1, 64).Reshape(-1)
	return step(optimizer, func() *torch.Tensor { return F.CrossEntropy(model.Forward(input).View(-1, 65), target) })
}
