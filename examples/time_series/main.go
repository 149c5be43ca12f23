// Time_series teaches an LSTM to go on with sine waves:
//
//	go run ./examples/time_series
//
// Each of the 10 steps of L-BFGS tries several times; the mean squared error over
// the waves that it has not seen falls below 0.01. What it prints on standard
// output is what time_series.py prints, to the digit; progress goes to standard
// error.
package main

import (
	"flag"
	"fmt"
	"log"

	"github.com/wangkuiyi/gotorch/examples/internal/curves"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// Forecaster predicts the next value after each value of a sequence.
type Forecaster struct {
	nn.Module
	lstm    *nn.LSTM
	dropout *nn.Dropout
	linear  *nn.Linear
}

func NewForecaster(hidden int64) *Forecaster {
	m := &Forecaster{}
	m.Init(m)
	m.lstm = nn.NewLSTM(1, hidden, nn.NumLayers(2), nn.BatchFirst(true))
	m.dropout = nn.NewDropout(nn.P(0.05))
	m.linear = nn.NewLinear(hidden, 1)
	return m
}

// Forward takes sequences of shape (N, L), and returns the predictions, of the
// same shape. It goes on for future steps from its own predictions.
func (m *Forecaster) Forward(x *torch.Tensor, future int) *torch.Tensor {
	output, h, c := m.lstm.Forward(x.Unsqueeze(-1))
	predictions := []*torch.Tensor{m.linear.Forward(m.dropout.Forward(output))}
	for range future {
		last := predictions[len(predictions)-1].Narrow(1, -1, 1)
		output, h, c = m.lstm.Forward(last, h, c)
		predictions = append(predictions, m.linear.Forward(m.dropout.Forward(output)))
	}
	return torch.Cat(predictions, torch.Dim(1)).Squeeze(torch.Dim(-1))
}

// waves returns n sine waves of a length, with phases drawn at random.
func waves(n, length int64) *torch.Tensor {
	phase := torch.Randint(-80, 80, []int64{n, 1})
	return torch.Arange(length).Add(phase).Div(20.0).Sin().Double()
}

func main() {
	steps := flag.Int("steps", 10, "steps of the optimizer")
	n := flag.Int64("waves", 20, "number of waves")
	length := flag.Int64("length", 100, "length of each wave")
	hidden := flag.Int64("hidden", 24, "size of the LSTM's state")
	future := flag.Int("future", 50, "steps to predict at the end")
	seed := flag.Int64("seed", 0, "seed of the random numbers")
	plot := flag.String("plot", "forecast.png", "PNG file to draw a forecast to; empty: none")
	quiet := flag.Bool("quiet", false, "show no progress bar")
	flag.Parse()

	torch.ManualSeed(*seed)
	data := waves(*n, *length)
	test, train := data.Narrow(0, 0, 3), data.Narrow(0, 3, *n-3)
	input, target := train.Narrow(1, 0, *length-1), train.Narrow(1, 1, *length-1)
	testInput, testTarget := test.Narrow(1, 0, *length-1), test.Narrow(1, 1, *length-1)

	model := NewForecaster(*hidden)
	model.Double()
	criterion := nn.NewMSELoss()
	optimizer := optim.NewLBFGS(model.Parameters(), optim.LR(0.5), optim.MaxIter(6))
	bar := curves.NewProgressBar(*steps, "steps", *quiet)
	for i := range torch.Scoped(*steps) {
		model.Train()
		loss := optimizer.StepClosure(func() *torch.Tensor {
			optimizer.ZeroGrad()
			loss := criterion.Forward(model.Forward(input, 0), target)
			loss.Backward()
			return loss
		})
		bar.Add(1)
		bar.Clear()
		model.Eval()
		torch.NoGrad(func() {
			testLoss := criterion.Forward(model.Forward(testInput, 0), testTarget)
			fmt.Printf("step %d: loss %.6f, test loss %.6f\n", i, loss.Item(), testLoss.Item())
		})
	}
	bar.Finish()

	var forecast []float64
	torch.NoGrad(func() {
		forecast = torch.Data[float64](model.Forward(testInput, *future).Select(0, 0).Contiguous())
	})
	fmt.Printf("forecast: %.4f\n", forecast[len(forecast)-1])
	if *plot != "" {
		if err := draw(*plot, forecast, int(*length)); err != nil {
			log.Fatal(err)
		}
	}
}

func draw(file string, forecast []float64, known int) error {
	chart := curves.Chart{Title: "Sine wave", X: "time", Y: "value"}
	for i, y := range forecast {
		name := "predicted from the wave"
		if i >= known {
			name = "predicted from predictions"
		}
		chart.Add(name, float64(i), y)
	}
	return chart.Save(file)
}
