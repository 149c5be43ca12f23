package main

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

// lossCurves are the losses on the training set, several in each epoch, and on
// the test set, one after each.
type lossCurves struct{ train, test plotter.XYs }

// add adds the losses of an epoch.
func (c *lossCurves) add(train []float64, test float64) {
	epoch := float64(len(c.test))
	for i, loss := range train {
		c.train = append(c.train, plotter.XY{X: epoch + float64(i)/float64(len(train)), Y: loss})
	}
	c.test = append(c.test, plotter.XY{X: epoch + 1, Y: test})
}

// save draws the curves to a file, whose extension says its format.
func (c *lossCurves) save(file string) error {
	p := plot.New()
	p.Title.Text = "MNIST"
	p.X.Label.Text = "epoch"
	p.Y.Label.Text = "loss"
	p.Legend.Top = true
	if err := plotutil.AddLinePoints(p, "training", c.train, "test", c.test); err != nil {
		return err
	}
	return p.Save(16*vg.Centimeter, 10*vg.Centimeter, file)
}
