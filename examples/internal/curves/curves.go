// Package curves draws what the examples have learned, and shows how far they
// are.
package curves

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

// A Chart is named curves.
type Chart struct {
	Title, X, Y string
	names       []string
	curves      map[string]plotter.XYs
}

// Add adds a point to a curve.
func (c *Chart) Add(curve string, x, y float64) {
	if c.curves == nil {
		c.curves = map[string]plotter.XYs{}
	}
	if c.curves[curve] == nil {
		c.names = append(c.names, curve)
	}
	c.curves[curve] = append(c.curves[curve], plotter.XY{X: x, Y: y})
}

// Save draws the curves to a file, whose extension says its format.
func (c *Chart) Save(file string) error {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = c.Title, c.X, c.Y
	p.Legend.Top = true
	var lines []any
	for _, name := range c.names {
		lines = append(lines, name, c.curves[name])
	}
	if err := plotutil.AddLinePoints(p, lines...); err != nil {
		return err
	}
	return p.Save(16*vg.Centimeter, 10*vg.Centimeter, file)
}

// NewProgressBar returns a bar on standard error for n steps, with a label; a quiet
// one shows nothing.
func NewProgressBar(n int, label string, quiet bool) *progressbar.ProgressBar {
	if quiet {
		return progressbar.DefaultSilent(int64(n))
	}
	return progressbar.NewOptions(n, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionShowCount(),
		progressbar.OptionSetDescription(label), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish())
}
