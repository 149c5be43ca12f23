package main

import (
	"github.com/wangkuiyi/gotorch/nn"
	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/nn/ninit"
	"github.com/wangkuiyi/gotorch/torch"
)

// A BasicBlock is two convolutions and a way around them.
type BasicBlock struct {
	nn.Module
	conv1      *nn.Conv2d
	bn1        *nn.BatchNorm2d
	conv2      *nn.Conv2d
	bn2        *nn.BatchNorm2d
	downsample *nn.Sequential // nil where the shapes agree
}

func NewBasicBlock(in, out, stride int64) *BasicBlock {
	m := &BasicBlock{}
	m.Init(m)
	m.conv1 = nn.NewConv2d(in, out, 3, nn.Stride(stride), nn.Padding(1), nn.Bias(false))
	m.bn1 = nn.NewBatchNorm2d(out)
	m.conv2 = nn.NewConv2d(out, out, 3, nn.Padding(1), nn.Bias(false))
	m.bn2 = nn.NewBatchNorm2d(out)
	if stride != 1 || in != out {
		m.downsample = nn.NewSequential(
			nn.NewConv2d(in, out, 1, nn.Stride(stride), nn.Bias(false)),
			nn.NewBatchNorm2d(out),
		)
	}
	return m
}

func (m *BasicBlock) Forward(x *torch.Tensor) *torch.Tensor {
	identity := x
	out := F.Relu(m.bn1.Forward(m.conv1.Forward(x)), F.Inplace(true))
	out = m.bn2.Forward(m.conv2.Forward(out))
	if m.downsample != nil {
		identity = m.downsample.Forward(x)
	}
	return F.Relu(out.Add_(identity), F.Inplace(true))
}

// ResNet18 is the residual network with 18 layers of He et al. (2015), with the
// names of torchvision's.
type ResNet18 struct {
	nn.Module
	conv1                          *nn.Conv2d
	bn1                            *nn.BatchNorm2d
	maxpool                        *nn.MaxPool2d
	layer1, layer2, layer3, layer4 *nn.Sequential
	avgpool                        *nn.AdaptiveAvgPool2d
	fc                             *nn.Linear
}

func NewResNet18(classes int64) *ResNet18 {
	m := &ResNet18{}
	m.Init(m)
	m.conv1 = nn.NewConv2d(3, 64, 7, nn.Stride(2), nn.Padding(3), nn.Bias(false))
	m.bn1 = nn.NewBatchNorm2d(64)
	m.maxpool = nn.NewMaxPool2d(3, nn.Stride(2), nn.Padding(1))
	m.layer1 = nn.NewSequential(NewBasicBlock(64, 64, 1), NewBasicBlock(64, 64, 1))
	m.layer2 = nn.NewSequential(NewBasicBlock(64, 128, 2), NewBasicBlock(128, 128, 1))
	m.layer3 = nn.NewSequential(NewBasicBlock(128, 256, 2), NewBasicBlock(256, 256, 1))
	m.layer4 = nn.NewSequential(NewBasicBlock(256, 512, 2), NewBasicBlock(512, 512, 1))
	m.avgpool = nn.NewAdaptiveAvgPool2d(1)
	m.fc = nn.NewLinear(512, classes)
	m.Apply(func(layer nn.AnyModule) {
		if conv, ok := layer.(*nn.Conv2d); ok {
			ninit.KaimingNormal_(conv.Weight, ninit.Mode("fan_out"), ninit.Nonlinearity("relu"))
		}
	})
	return m
}

func (m *ResNet18) Forward(x *torch.Tensor) *torch.Tensor {
	x = F.Relu(m.bn1.Forward(m.conv1.Forward(x)), F.Inplace(true))
	x = m.maxpool.Forward(x)
	x = m.layer4.Forward(m.layer3.Forward(m.layer2.Forward(m.layer1.Forward(x))))
	x = m.avgpool.Forward(x).Flatten(torch.StartDim(1))
	return m.fc.Forward(x)
}
