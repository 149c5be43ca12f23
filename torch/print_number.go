package torch

import (
	"math"
	"strconv"
	"strings"
)

// FormatFloat returns the text that Python prints for a float: the shortest
// one that reads back as v, always with a point or an exponent. Go's own
// printing differs: 1 for Python's 1.0, 1e+06 or 1000000 for 1000000.0,
// 1e-05 and 1e+16 at other limits, NaN for nan.
//
//	fmt.Println(torch.FormatFloat(loss.Item())) // print(loss.item())
func FormatFloat(v float64) string {
	if text, special := specialFloat(v); special {
		return text
	}
	text := strconv.FormatFloat(v, 'e', -1, 64)
	exponent, _ := strconv.Atoi(text[strings.IndexByte(text, 'e')+1:])
	if exponent < -4 || exponent >= 16 {
		return text
	}
	text = strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// fixedFloat is Python's format(v, f".{precision}f"), and scientificFloat its
// format(v, f".{precision}e").
func fixedFloat(v float64, precision int) string      { return formatFloat(v, 'f', precision) }
func scientificFloat(v float64, precision int) string { return formatFloat(v, 'e', precision) }

func formatFloat(v float64, verb byte, precision int) string {
	if text, special := specialFloat(v); special {
		return text
	}
	return strconv.FormatFloat(v, verb, precision, 64)
}

// specialFloat spells what is no finite number as Python does; a NaN's sign is
// not shown.
func specialFloat(v float64) (text string, special bool) {
	switch {
	case math.IsNaN(v):
		return "nan", true
	case math.IsInf(v, 1):
		return "inf", true
	case math.IsInf(v, -1):
		return "-inf", true
	}
	return "", false
}

// padLeft right-aligns text in a column.
func padLeft(text string, width int) string {
	if len(text) >= width {
		return text
	}
	return strings.Repeat(" ", width-len(text)) + text
}

// tupleText spells sizes as a Python tuple: (2, 3), (2,), ().
func tupleText(sizes []int64) string {
	text := strings.Trim(intsText(sizes), "[]")
	if len(sizes) == 1 {
		text += ","
	}
	return "(" + text + ")"
}
