// Package pytext spells values as Python does, for messages and printed
// modules.
package pytext

import (
	"math"
	"strconv"
	"strings"
)

// Size spells a shape: torch.Size([2, 3]).
func Size(shape []int64) string {
	return string(append(appendJoined([]byte("torch.Size(["), shape), "])"...))
}

// List writes a list of integers: [2, 3].
func List(v []int64) string { return "[" + join(v) + "]" }

// Tuple spells integers as a tuple: (2, 3), (2,), ().
func Tuple(v []int64) string {
	if len(v) == 1 {
		return "(" + join(v) + ",)"
	}
	return "(" + join(v) + ")"
}

// IntOrTuple spells one integer as such, and more as a tuple.
func IntOrTuple(v []int64) string {
	if len(v) == 1 {
		return join(v)
	}
	return Tuple(v)
}

func join(v []int64) string { return string(appendJoined(nil, v)) }

func appendJoined(text []byte, v []int64) []byte {
	for i, n := range v {
		if i > 0 {
			text = append(text, ", "...)
		}
		text = strconv.AppendInt(text, n, 10)
	}
	return text
}

// Bool spells True or False.
func Bool(v bool) string {
	if v {
		return "True"
	}
	return "False"
}

// Float spells a float as repr does: the shortest digits that give it back,
// with a point, and an exponent below 1e-4 and from 1e16 on.
func Float(v float64) string {
	switch {
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	}
	if a := math.Abs(v); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(v, 'e', -1, 64)
	}
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// FloatTuple writes a tuple of numbers: (1.5, 2.0).
func FloatTuple(list []float64) string {
	if len(list) == 1 {
		return "(" + Float(list[0]) + ",)"
	}
	text := Floats(list)
	return "(" + text[1:len(text)-1] + ")"
}

// String spells a string as repr does: in single quotes, or in double quotes
// if it has single ones only.
func String(s string) string {
	quote := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	var b strings.Builder
	b.WriteByte(quote)
	for _, r := range s {
		switch r {
		case rune(quote), '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\n':
			b.WriteString(`\n`)
		case '\t':
			b.WriteString(`\t`)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte(quote)
	return b.String()
}

// Strings spells a list of strings: ['a', 'b'].
func Strings(list []string) string {
	parts := make([]string, len(list))
	for i, s := range list {
		parts[i] = String(s)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// Floats spells a list of floats: [1.0, 2.5].
func Floats(v []float64) string {
	parts := make([]string, len(v))
	for i, f := range v {
		parts[i] = Float(f)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
