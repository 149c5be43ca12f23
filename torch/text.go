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

// scalarTypeName is the name of a tensor's dtype in C++, which a few messages
// use.
func scalarTypeName(t *Tensor) string {
	names := map[DType]string{
		Uint8: "unsigned char", Int8: "signed char", Int16: "short int", Int32: "int", Int64: "long int", Float16: "c10::Half",
		Float32: "float", Float64: "double", Bool: "bool", BFloat16: "c10::BFloat16",
		Complex64: "c10::complex<float>", Complex128: "c10::complex<double>",
	}
	if name, ok := names[t.DType()]; ok {
		return name
	}
	return t.DType().String()
}
