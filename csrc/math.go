package csrc

/*
#cgo linux LDFLAGS: -lm
#include <math.h>
#cgo noescape pow
#cgo nocallback pow
*/
import "C"

// Pow returns x**y as Python computes it, with the C library's pow. Go's
// math.Pow differs from it in the last digit for one argument in a few, and
// optimizers and schedulers must give Python's numbers.
func Pow(x, y float64) float64 { return float64(C.pow(C.double(x), C.double(y))) }
