package conformance

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// modules are the packages of Python's modules, in the order in which a function
// is looked for.
var modules = map[string][]string{
	"torch": {"torch"}, "torch.linalg": {"linalg"}, "torch.fft": {"fft"}, "torch.special": {"special"},
	"torch.sparse": {"sparse"}, "torch.nested": {"nested"}, "torch.masked": {"masked"}, "torch.signal.windows": {"windows"},
	"torch.nn.functional": {"functional", "torch"}, "torch.Tensor": {"torch.Tensor"},
}

// operatorMethods are the methods behind Python's operators.
var operatorMethods = map[string]string{
	"__getitem__": "index", "__add__": "add", "__radd__": "add", "__sub__": "sub", "__mul__": "mul", "__rmul__": "mul",
	"__truediv__": "div", "__div__": "div", "__mod__": "remainder", "__pow__": "pow", "__matmul__": "matmul", "__neg__": "neg",
	"__and__": "bitwise_and", "__or__": "bitwise_or", "__xor__": "bitwise_xor", "__rand__": "bitwise_and", "__ror__": "bitwise_or",
	"__rxor__": "bitwise_xor", "__invert__": "bitwise_not", "__eq__": "eq", "__ne__": "ne", "__lt__": "lt", "__le__": "le",
	"__gt__": "gt", "__ge__": "ge", "__floordiv__": "floor_divide", "__iadd__": "add_", "__isub__": "sub_",
	"__imul__": "mul_", "__itruediv__": "div_", "__iand__": "bitwise_and_", "__ior__": "bitwise_or_", "__ixor__": "bitwise_xor_",
	"__ipow__": "pow_", "__imod__": "remainder_", "__lshift__": "bitwise_left_shift", "__rshift__": "bitwise_right_shift",
}

// reversed are those that call a function with the operands the other way round.
var reversed = map[string]string{
	"torch.Tensor.__rpow__": "torch.Pow", "torch.Tensor.__rmod__": "torch.Remainder",
	"torch.Tensor.__rmatmul__": "torch.Matmul",
}

// renamed are functions whose Go names are others.
var renamed = map[string]string{
	"torch.tensor": "torch.NewTensor", "torch.Tensor.dtype": "torch.Tensor.DType", "torch.Tensor.ndim": "torch.Tensor.Dim",
	"torch.Tensor.__rsub__": "torch.Rsub", "torch.Tensor.__rtruediv__": "torch.Tensor.Rdiv", "torch.spmm": "torch.Mm", "torch.Tensor.size": "torch.Tensor.Shape",
	"torch.Tensor.index_put": "torch.IndexPut", "torch.Tensor.index_put_": "torch.IndexPut_",
}

// suffixes are those of functions for options that change the number of results.
var suffixes = []struct{ option, suffix string }{
	{"return_inverse", "Inverse"}, {"return_counts", "Counts"}, {"get_infos", "Infos"}, {"as_tuple", "Tuple"},
}

// suffix is what the name of the Go function ends in, for the options of a call.
func suffix(arguments []argument) string {
	text := ""
	for _, s := range suffixes {
		if i := slices.IndexFunc(arguments, func(a argument) bool { return a.name == s.option }); i >= 0 && arguments[i].value.V == true {
			text += s.suffix
		}
	}
	return text
}

// normalName is Python's public name of a function as resolve_name gives it.
func normalName(name string) string {
	name = strings.TrimSuffix(name, ".__get__")
	for private, public := range map[string]string{
		"torch.functional.": "torch.", "torch._C._nn.": "torch.nn.functional.", "torch._C._linalg.linalg_": "torch.linalg.",
		"torch._C._fft.fft_": "torch.fft.", "torch._C._special.special_": "torch.special.", "torch._C.TensorBase.": "torch.Tensor.",
		"torch._C._VariableFunctions.": "torch.", "torch.signal.windows.windows.": "torch.signal.windows.",
	} {
		if rest, ok := strings.CutPrefix(name, private); ok {
			return public + rest
		}
	}
	return name
}

// split takes a name apart: torch.Tensor and add_.
func split(name string) (module, function string) {
	dot := strings.LastIndexByte(name, '.')
	return name[:max(dot, 0)], name[dot+1:]
}

var exportsByName = sync.OnceValue(func() map[string][]*Export {
	m := map[string][]*Export{}
	for i := range exports {
		e := &exports[i]
		name, _, _ := strings.Cut(e.Name, "[") // the types of a generic function
		m[name] = append(m[name], e)
		for _, name := range strings.Fields(e.Python) {
			// What _C._nn has is below nn.functional, and may be another function.
			if strings.HasPrefix(name, "torch._C.") {
				continue
			}
			if name := publicName(name); name != e.Name {
				m[name] = append(m[name], e)
			}
		}
	}
	return m
})

// publicName completes a name as documentation has it: Tensor.add, t.add, F.relu.
func publicName(name string) string {
	for short, long := range map[string]string{"Tensor.": "torch.Tensor.", "t.": "torch.Tensor.", "F.": "torch.nn.functional."} {
		if rest, ok := strings.CutPrefix(name, short); ok {
			return long + rest
		}
	}
	return normalName(name)
}

// counterparts are the Go functions that a function of Python's may be: the one
// of its name, and those whose documentation names it. ATen's function of the same
// name is not what one written in Python is.
func (c *Call) counterparts() []*Export {
	python := normalName(c.Name)
	module, function := split(python)
	if name := operatorMethods[function]; name != "" && module == "torch.Tensor" {
		function = name
	}
	var found []*Export
	add := func(list []*Export) {
		for _, e := range list {
			if !slices.Contains(found, e) {
				found = append(found, e)
			}
		}
	}
	add(exportsByName()[renamed[python]])
	add(exportsByName()[reversed[python]])
	for i, pkg := range modules[module] {
		if i > 0 && c.Python {
			continue
		}
		for _, b := range c.bindings() {
			add(exportsByName()[pkg+"."+camel(function)+suffix(c.named(b))])
		}
		add(exportsByName()[pkg+"."+camel(function)])
	}
	add(exportsByName()[module+"."+function])
	return found
}

// camel spells a Python name in Go.
func camel(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(strings.Trim(name, "_"), "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	if strings.HasSuffix(name, "_") {
		b.WriteByte('_')
	}
	return b.String()
}

// snake spells the name of a Go parameter as Python does.
func snake(name string) string {
	var b strings.Builder
	for _, c := range strings.TrimSuffix(name, "_") {
		if unicode.IsUpper(c) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}
