package torch

import (
	"math"
	"sync"
)

// PrintOptions are the settings of how tensors print, the dictionary that
// Python's torch.get_printoptions returns. As an option of [SetPrintoptions]
// they replace all settings at once.
type PrintOptions struct {
	Precision int     // digits after the point of a floating-point number
	Threshold float64 // tensors of more elements than this are summarised
	Edgeitems int     // elements shown at each end of a summarised dimension
	Linewidth int     // characters in a line
	SciMode   *bool   // scientific notation: on, off, or nil: where the numbers call for it
}

var defaultPrintOptions = PrintOptions{Precision: 4, Threshold: 1000, Edgeitems: 3, Linewidth: 80}

var printing = struct {
	sync.Mutex
	options PrintOptions
}{options: defaultPrintOptions}

// A PrintOption is an option of [SetPrintoptions] and [Printoptions]:
// [Precision], [WithThreshold], [Edgeitems], [Linewidth], [Profile], [SciMode],
// or whole [PrintOptions]. Tensors of more elements than the threshold are
// summarised; it is 1000 unless set, and math.Inf(1) is for never.
type PrintOption interface{ applyPrint(*printChange) }

// A printChange holds what was asked for. As in Python the order of options
// does not matter: single settings override the profile's.
type printChange struct {
	base      optional[PrintOptions]
	precision optional[int]
	threshold optional[float64]
	edgeitems optional[int]
	linewidth optional[int]
	sciMode   *bool
}

type (
	precisionOption int
	edgeitemsOption int
	linewidthOption int
	profileOption   string
	sciModeOption   bool
)

func (o PrintOptions) applyPrint(c *printChange) { c.base, c.sciMode = some(o), o.SciMode }

func (o precisionOption) applyPrint(c *printChange) { c.precision = some(int(o)) }

func (o ThresholdArg) applyPrint(c *printChange) { c.threshold = some(toFloat(o.value, "threshold")) }

func (o edgeitemsOption) applyPrint(c *printChange) { c.edgeitems = some(int(o)) }

func (o linewidthOption) applyPrint(c *printChange) { c.linewidth = some(int(o)) }

func (o profileOption) applyPrint(c *printChange) { c.base = some(printProfiles[o]) }

func (o sciModeOption) applyPrint(c *printChange) { c.sciMode = (*bool)(&o) }

// Precision is the number of digits after the point of a floating-point
// number; 4 unless set.
func Precision(digits int) PrintOption { return precisionOption(digits) }

// Edgeitems is the number of elements shown at each end of each dimension of a
// summarised tensor; 3 unless set.
func Edgeitems(n int) PrintOption { return edgeitemsOption(n) }

// Linewidth is the number of characters in a line; 80 unless set.
func Linewidth(characters int) PrintOption { return linewidthOption(characters) }

// Profile is a set of settings with a name: "default", "short" (a precision of
// 2, and 2 elements at each end) or "full" (nothing is summarised). Another
// name panics.
func Profile(name string) PrintOption {
	if _, known := printProfiles[profileOption(name)]; !known {
		refuse(valueErrorKind, "profile must be one of 'default', 'short' and 'full', but got '%s'", name)
	}
	return profileOption(name)
}

// SciMode turns scientific notation on, or off. Without it, each tensor's
// numbers decide.
func SciMode(on bool) PrintOption { return sciModeOption(on) }

var printProfiles = map[profileOption]PrintOptions{
	"default": defaultPrintOptions,
	"short":   {Precision: 2, Threshold: 1000, Edgeitems: 2, Linewidth: 80},
	"full":    {Precision: 4, Threshold: math.Inf(1), Edgeitems: 3, Linewidth: 80},
}

// maxPrecision is ten times the digits that any float64 has, and keeps memory
// within bounds.
const maxPrecision = 10000

// check panics about settings that no tensor could be printed with. Python
// takes them, and raises at each print.
func (o PrintOptions) check() {
	if o.Precision < 0 || o.Precision > maxPrecision {
		refuse(valueErrorKind, "precision must be from 0 to %d, but got %d", maxPrecision, o.Precision)
	}
	if o.Edgeitems < 0 {
		refuse(valueErrorKind, "edgeitems must not be negative, but got %d", o.Edgeitems)
	}
}

// change returns the settings after the change. As in Python, SciMode goes back
// to automatic unless it is given.
func (c *printChange) change(o PrintOptions) PrintOptions {
	o = c.base.or(o)
	return PrintOptions{
		Precision: c.precision.or(o.Precision),
		Threshold: c.threshold.or(o.Threshold),
		Edgeitems: c.edgeitems.or(o.Edgeitems),
		Linewidth: c.linewidth.or(o.Linewidth),
		SciMode:   copyOf(c.sciMode),
	}
}

// or returns the value, or another one where there is none.
func (o optional[T]) or(other T) T {
	if o.set {
		return o.value
	}
	return other
}

func copyOf(b *bool) *bool {
	if b == nil {
		return nil
	}
	return new(*b)
}

// SetPrintoptions changes how tensors print, for the whole process, Python's
// torch.set_printoptions. Settings that are not given stay, except [SciMode],
// which goes back to automatic. A negative precision or number of edge items
// panics, and so does a precision above 10000.
//
//	torch.SetPrintoptions(torch.Precision(2), torch.Linewidth(120))
//	torch.SetPrintoptions(torch.Profile("default"))
func SetPrintoptions(opts ...PrintOption) { swapPrintOptions(opts) }

// GetPrintoptions returns how tensors print at present, Python's
// torch.get_printoptions.
func GetPrintoptions() PrintOptions {
	printing.Lock()
	defer printing.Unlock()
	o := printing.options
	o.SciMode = copyOf(o.SciMode)
	return o
}

// Printoptions runs fn with changed settings and puts the earlier ones back,
// also if fn panics: PyTorch's torch._tensor_str.printoptions. The settings are
// the process's: other goroutines print by them, too, meanwhile.
func Printoptions(fn func(), opts ...PrintOption) {
	before := swapPrintOptions(opts)
	defer SetPrintoptions(before)
	fn()
}

func swapPrintOptions(opts []PrintOption) (before PrintOptions) {
	var c printChange
	for _, o := range opts {
		o.applyPrint(&c)
	}
	printing.Lock()
	defer printing.Unlock()
	before = printing.options
	after := c.change(before)
	after.check()
	printing.options = after
	return before
}
