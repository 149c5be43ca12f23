package torch

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// intsText spells sizes as PyTorch's messages do: [2, 3].
func intsText(v []int64) string {
	parts := make([]string, len(v))
	for i, x := range v {
		parts[i] = strconv.FormatInt(x, 10)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// sizeText spells sizes as Python prints a torch.Size.
func sizeText(v []int64) string { return "torch.Size(" + intsText(v) + ")" }

// crossText spells sizes as 2x3.
func crossText(v []int64) string {
	return strings.ReplaceAll(strings.Trim(intsText(v), "[]"), ", ", "x")
}

func equalInts(a, b []int64) bool { return slices.Equal(a, b) }

func typeName(v any) string {
	if v == nil {
		return "None"
	}
	return reflect.TypeOf(v).String() // fmt's %T would move v to the heap
}

// goName is the dtype's name in this package: "torch.Float32".
func (d DType) goName() string {
	name := strings.TrimPrefix(d.String(), "torch.")
	if name == "bfloat16" {
		return "torch.BFloat16"
	}
	return "torch." + camelCase(name)
}

func camelCase(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

// scalarTypeName is the dtype's name in libtorch's ScalarType, which some of
// its messages use: "Float".
func (d DType) scalarTypeName() string {
	switch d {
	case Uint8:
		return "Byte"
	case Int8:
		return "Char"
	case Int16:
		return "Short"
	case Int32:
		return "Int"
	case Int64:
		return "Long"
	case Float16:
		return "Half"
	case Float32:
		return "Float"
	case Float64:
		return "Double"
	case Complex32:
		return "ComplexHalf"
	case Complex64:
		return "ComplexFloat"
	case Complex128:
		return "ComplexDouble"
	case BFloat16:
		return "BFloat16"
	case Bcomplex32:
		return "BComplex32"
	}
	name := dtypes[d-1].name
	for _, prefix := range []string{"quint", "qint", "uint"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			return strings.ToUpper(prefix[:len(prefix)-2]) + "nt" + rest
		}
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// cppTypeName is the name of the dtype's elements in C++, which other messages
// use: "c10::Half".
func (d DType) cppTypeName() string {
	switch d {
	case Uint8:
		return "unsigned char"
	case Int8:
		return "signed char"
	case Int16:
		return "short int"
	case Int32:
		return "int"
	case Int64:
		return "long int"
	case Uint16:
		return "short unsigned int"
	case Uint32:
		return "unsigned int"
	case Uint64:
		return "long unsigned int"
	case Float32:
		return "float"
	case Float64:
		return "double"
	case Bool:
		return "bool"
	case Float16, BFloat16:
		return "c10::" + d.scalarTypeName()
	case Complex32:
		return "c10::complex<c10::Half>"
	case Complex64:
		return "c10::complex<float>"
	case Complex128:
		return "c10::complex<double>"
	case Bcomplex32:
		return "c10::complex<c10::BFloat16>"
	case Float8E5m2, Float8E4m3fn, Float8E5m2fnuz, Float8E4m3fnuz, Float8E8m0fnu, Float4E2m1fnX2:
		return "c10::" + d.scalarTypeName()
	}
	name := dtypes[d-1].name
	for _, prefix := range []string{"uint", "int"} {
		if bits, ok := strings.CutPrefix(name, prefix); ok {
			return "c10::dummy_" + prefix + "1_7_t<" + bits + ">"
		}
	}
	return "c10::" + name
}
