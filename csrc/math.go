package csrc

/*
#cgo linux LDFLAGS: -lm
#include <math.h>
#cgo noescape pow
#cgo nocallback pow
#cgo noescape cos
#cgo nocallback cos
#cgo noescape log
#cgo nocallback log
*/
import "C"

// Pow returns x**y as Python computes it, with the C library's pow. Go's
// math.Pow differs from it in the last digit for one argument in a few, and
// optimizers and schedulers must give Python's numbers.
func Pow(x, y float64) float64 { return float64(C.pow(C.double(x), C.double(y))) }

// Cos returns the cosine as Python computes it; see [Pow].
func Cos(x float64) float64 { return float64(C.cos(C.double(x))) }

// Log returns the natural logarithm as Python computes it; see [Pow].
func Log(x float64) float64 { return float64(C.log(C.double(x))) }
