// Package pytext writes values as Python does.
package pytext

import (
	"math"
	"strconv"
	"strings"
)

// Float returns Python's repr of a float: the shortest digits that give the number
// back, with an exponent below 1e-4 and from 1e16 on.
func Float(v float64) string {
	switch magnitude := math.Abs(v); {
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, 0):
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'g', -1, 64), "+"))
	case v == math.Trunc(v) && magnitude < 1e16:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case magnitude < 1e-4 || magnitude >= 1e16:
		return strconv.FormatFloat(v, 'e', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
