package nn_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/utils/rnn"
	"github.com/wangkuiyi/gotorch/torch"
)

var zeroLayers = []nn.AnyModule{
	&nn.AdaptiveAvgPool1d{}, &nn.AdaptiveAvgPool2d{}, &nn.AdaptiveAvgPool3d{}, &nn.AdaptiveLogSoftmaxWithLoss{},
	&nn.AdaptiveMaxPool1d{}, &nn.AdaptiveMaxPool2d{}, &nn.AdaptiveMaxPool3d{}, &nn.AlphaDropout{}, &nn.AvgPool1d{},
	&nn.AvgPool2d{}, &nn.AvgPool3d{}, &nn.BCELoss{}, &nn.BCEWithLogitsLoss{}, &nn.BatchNorm1d{}, &nn.BatchNorm2d{},
	&nn.BatchNorm3d{}, &nn.Bilinear{}, &nn.CELU{}, &nn.CTCLoss{}, &nn.ChannelShuffle{}, &nn.CircularPad1d{}, &nn.CircularPad2d{},
	&nn.CircularPad3d{}, &nn.ConstantPad1d{}, &nn.ConstantPad2d{}, &nn.ConstantPad3d{}, &nn.Conv1d{}, &nn.Conv2d{}, &nn.Conv3d{},
	&nn.ConvTranspose1d{}, &nn.ConvTranspose2d{}, &nn.ConvTranspose3d{}, &nn.CosineEmbeddingLoss{}, &nn.CosineSimilarity{},
	&nn.CrossEntropyLoss{}, &nn.CrossMapLRN2d{}, &nn.Dropout{}, &nn.Dropout1d{}, &nn.Dropout2d{}, &nn.Dropout3d{}, &nn.ELU{},
	&nn.Embedding{}, &nn.EmbeddingBag{}, &nn.FeatureAlphaDropout{}, &nn.Flatten{}, &nn.Fold{}, &nn.FractionalMaxPool2d{},
	&nn.FractionalMaxPool3d{}, &nn.GELU{}, &nn.GLU{}, &nn.GRU{}, &nn.GRUCell{}, &nn.GaussianNLLLoss{}, &nn.GroupNorm{},
	&nn.Hardshrink{}, &nn.Hardsigmoid{}, &nn.Hardswish{}, &nn.Hardtanh{}, &nn.HingeEmbeddingLoss{}, &nn.HuberLoss{},
	&nn.Identity{}, &nn.InstanceNorm1d{}, &nn.InstanceNorm2d{}, &nn.InstanceNorm3d{}, &nn.KLDivLoss{}, &nn.L1Loss{},
	&nn.LPPool1d{}, &nn.LPPool2d{}, &nn.LPPool3d{}, &nn.LSTM{}, &nn.LSTMCell{}, &nn.LayerNorm{}, &nn.LazyBatchNorm1d{},
	&nn.LazyBatchNorm2d{}, &nn.LazyBatchNorm3d{}, &nn.LazyConv1d{}, &nn.LazyConv2d{}, &nn.LazyConv3d{}, &nn.LazyConvTranspose1d{},
	&nn.LazyConvTranspose2d{}, &nn.LazyConvTranspose3d{}, &nn.LazyInstanceNorm1d{}, &nn.LazyInstanceNorm2d{},
	&nn.LazyInstanceNorm3d{}, &nn.LazyLinear{}, &nn.LeakyReLU{}, &nn.Linear{}, &nn.LinearCrossEntropyLoss{},
	&nn.LocalResponseNorm{}, &nn.LogSigmoid{}, &nn.LogSoftmax{}, &nn.MSELoss{}, &nn.MarginRankingLoss{}, &nn.MaxPool1d{},
	&nn.MaxPool2d{}, &nn.MaxPool3d{}, &nn.MaxUnpool1d{}, &nn.MaxUnpool2d{}, &nn.MaxUnpool3d{}, &nn.Mish{},
	&nn.MultiLabelMarginLoss{}, &nn.MultiLabelSoftMarginLoss{}, &nn.MultiMarginLoss{}, &nn.MultiheadAttention{}, &nn.NLLLoss{},
	&nn.PReLU{}, &nn.PairwiseDistance{}, &nn.PixelShuffle{}, &nn.PixelUnshuffle{}, &nn.PoissonNLLLoss{}, &nn.RMSNorm{}, &nn.RNN{},
	&nn.RNNCell{}, &nn.RReLU{}, &nn.ReLU{}, &nn.ReLU6{}, &nn.ReflectionPad1d{}, &nn.ReflectionPad2d{}, &nn.ReflectionPad3d{},
	&nn.ReplicationPad1d{}, &nn.ReplicationPad2d{}, &nn.ReplicationPad3d{}, &nn.SELU{}, &nn.Sequential{}, &nn.SiLU{},
	&nn.Sigmoid{}, &nn.SmoothL1Loss{}, &nn.SoftMarginLoss{}, &nn.Softmax{}, &nn.Softmax2d{}, &nn.Softmin{}, &nn.Softplus{},
	&nn.Softshrink{}, &nn.Softsign{}, &nn.SyncBatchNorm{}, &nn.Tanh{}, &nn.Tanhshrink{}, &nn.Threshold{}, &nn.Transformer{},
	&nn.TransformerDecoder{}, &nn.TransformerDecoderLayer{}, &nn.TransformerEncoder{}, &nn.TransformerEncoderLayer{},
	&nn.TripletMarginLoss{}, &nn.TripletMarginWithDistanceLoss{}, &nn.Unflatten{}, &nn.Unfold{}, &nn.Upsample{},
	&nn.UpsamplingBilinear2d{}, &nn.UpsamplingNearest2d{}, &nn.ZeroPad1d{}, &nn.ZeroPad2d{}, &nn.ZeroPad3d{},
}

// A layer that no function made works, if its zero value is enough, or says that
// it was not initialized.
func TestLayersBeforeInit(t *testing.T) {
	recordWarnings(t)
	work := 0
	for _, layer := range zeroLayers {
		err := torch.Try(func() { forwardOnes(layer) })
		if err == nil {
			work++
			continue
		}
		assert.Equal(t, "AttributeError", err.(*torch.Error).Kind, "%T", layer)
		assert.Equal(t, "cannot assign module before Module.__init__() call; in Go, m.Init(m)", err.(*torch.Error).Message, "%T", layer)
	}
	assert.Less(t, work, len(zeroLayers)/2)
	packed := rnn.PackSequence([]*torch.Tensor{torch.Ones([]int64{2, 1})})
	for _, forward := range []func(){
		func() { (&nn.RNN{}).ForwardPacked(packed) },
		func() { (&nn.GRU{}).ForwardPacked(packed) },
		func() { (&nn.LSTM{}).ForwardPacked(packed) },
		func() { (&nn.RNN{}).Forward(torch.Ones(nil), torch.Ones(nil), torch.Ones(nil)) },
	} {
		assert.Error(t, torch.Try(forward))
	}
}

// forwardOnes calls a layer's Forward, if it has one, with matrices.
func forwardOnes(layer nn.AnyModule) {
	forward := reflect.ValueOf(layer).MethodByName("Forward")
	if !forward.IsValid() {
		return
	}
	var arguments []reflect.Value
	for i := range forward.Type().NumIn() {
		in := forward.Type().In(i)
		switch {
		case forward.Type().IsVariadic() && i == forward.Type().NumIn()-1:
		case in == reflect.TypeFor[*torch.Tensor]():
			arguments = append(arguments, reflect.ValueOf(torch.Ones([]int64{2, 2})))
		default:
			arguments = append(arguments, reflect.Zero(in))
		}
	}
	forward.Call(arguments)
}
