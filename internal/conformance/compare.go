package conformance

import (
	"bytes"
	"fmt"
	"math"

	"github.com/wangkuiyi/gotorch/torch"
)

// elements are those of a tensor that Go has, in row-major order.
type elements struct {
	dtype   torch.DType
	shape   []int64
	bytes   []byte
	problem string // why they could not be read
}

// differ says how a tensor differs from what Python had, "" if it does not: all
// bits are the same, but for those of NaNs.
func (a *Array) differ(blob []byte, e elements) string {
	if d := (Like{a.DType, a.Shape}).differ(e.dtype, e.shape); d != "" {
		return d
	}
	if e.problem != "" {
		return "cannot be read: " + e.problem
	}
	want := blob[a.At : a.At+a.Size]
	if bytes.Equal(want, e.bytes) {
		return ""
	}
	size := e.dtype.Itemsize()
	if e.dtype.IsComplex() {
		size /= 2
	}
	differing, first := 0, -1
	for i := 0; i < len(want); i += size {
		w, g := want[i:i+size], e.bytes[i:i+size]
		if !bytes.Equal(w, g) && !(isNaN(e.dtype, w) && isNaN(e.dtype, g)) {
			if differing++; first < 0 {
				first = i
			}
		}
	}
	if differing == 0 {
		return ""
	}
	how := "differs"
	if off := farthest(e.dtype, want, e.bytes, size); off <= 4 {
		how = "is off by a rounding, differs" // as of another order of additions
	}
	return fmt.Sprintf("%s in %d of %d numbers of %s, the first is %x, not %x", how, differing, len(want)/size, a.DType,
		e.bytes[first:first+size], want[first:first+size])
}

// farthest returns how many numbers of the type lie between two, at most: their
// bits, as integers, differ by so much. Numbers of other types are far apart.
func farthest(dtype torch.DType, want, got []byte, size int) uint64 {
	if !dtype.IsFloatingPoint() && !dtype.IsComplex() {
		return math.MaxUint64
	}
	var most uint64
	for i := 0; i < len(want); i += size {
		w, g := integer(want[i:i+size]), integer(got[i:i+size])
		most = max(most, max(w, g)-min(w, g))
	}
	return most
}

// integer reads little-endian bytes.
func integer(number []byte) uint64 {
	var bits uint64
	for i, b := range number {
		bits |= uint64(b) << (8 * i)
	}
	return bits
}

// isNaN reports whether a number, in little-endian order, is NaN.
func isNaN(dtype torch.DType, number []byte) bool {
	exponent := map[torch.DType]uint64{
		torch.Float16: 0x7c00, torch.BFloat16: 0x7f80, torch.Float32: 0x7f800000, torch.Float64: 0x7ff << 52,
		torch.Complex32: 0x7c00, torch.Complex64: 0x7f800000, torch.Complex128: 0x7ff << 52,
	}[dtype]
	bits := integer(number)
	sign := uint64(1) << (8*len(number) - 1)
	return exponent != 0 && bits&^sign > exponent
}

// differ compares values that are no tensors.
func differ(want, got any) string {
	switch w := want.(type) {
	case float64:
		if g, ok := got.(float64); ok && (g == w || math.IsNaN(g) && math.IsNaN(w)) {
			return ""
		}
	case complex128:
		if g, ok := got.(complex128); ok && differ(real(w), real(g)) == "" && differ(imag(w), imag(g)) == "" {
			return ""
		}
	case DType:
		if g, ok := got.(torch.DType); ok && g.String() == "torch."+string(w) {
			return ""
		}
	default:
		if want == got {
			return ""
		}
	}
	return fmt.Sprintf("is %v (%T), not %v (%T)", got, got, want, want)
}
