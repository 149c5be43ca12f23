package torch

import (
	"errors"
	"fmt"
	"strings"
)

// This file puts together what stands around the elements, as _str_intern and
// _add_suffixes in PyTorch's torch/_tensor_str.py do.

// String returns what Python's print(t) prints:
//
//	tensor([[0.5000, 1.0000],
//	        [1.5000, 2.0000]], dtype=torch.float64, requires_grad=True)
//
// A nil tensor is None. [SetPrintoptions] sets the number of digits, and from
// which size on only the edges of a tensor are shown. String fetches no more
// elements than it shows. It never panics: a tensor that is closed, and one
// that PyTorch cannot print, say so.
func (t *Tensor) String() string {
	switch {
	case t == nil:
		return "None"
	case t.IsUninitialized():
		return "<" + t.uninitializedClass() + ">"
	case t.handle == 0:
		return "tensor(<" + t.state.String() + ">)"
	}
	var text string
	err := Try(func() {
		p := printer{GetPrintoptions(), GetDefaultDtype()}
		Scope(func() { NoGrad(func() { withoutLayers(func() { text = p.tensor(t) }) }) })
	})
	if err != nil {
		var e *Error
		errors.As(err, &e)
		return "tensor(<" + e.Message + ">)"
	}
	if t.parameter {
		return "Parameter containing:\n" + text
	}
	return text
}

// String says why there is nothing to print.
func (s tensorState) String() string {
	switch s {
	case closed:
		return "freed by Close"
	case outOfScope:
		return "freed when its torch.Scope ended"
	}
	return "empty torch.Tensor{}"
}

// Format prints t for package fmt. %v and %s print [Tensor.String]. A verb for
// numbers prints the element of a tensor without dimensions, as Python's
// f"{loss:.4f}" does:
//
//	fmt.Printf("loss: %.4f\n", loss)
func (t *Tensor) Format(state fmt.State, verb rune) {
	switch verb {
	case 'v', 's', 'q':
		if verb == 'v' {
			verb = 's' // %+v and %#v, too
		}
		fmt.Fprintf(state, fmt.FormatString(state, verb), t.String())
	default:
		if item, ok := t.printableItem(strings.ContainsRune("eEfFgG", verb)); ok {
			fmt.Fprintf(state, fmt.FormatString(state, verb), item)
		} else {
			fmt.Fprintf(state, "%%!%c(*torch.Tensor=%s)", verb, t)
		}
	}
}

// printableItem returns the element of a tensor without dimensions, as a
// floating-point number if asked for, as Python's format turns integers into
// one.
func (t *Tensor) printableItem(asFloat bool) (item any, ok bool) {
	if t == nil || t.handle == 0 {
		return nil, false
	}
	err := Try(func() {
		if t.Dim() == 0 {
			s := opItem(t)
			item, ok = s.value(), true
			if asFloat && s.tag != scalarComplex {
				item = s.float()
			}
		}
	})
	return item, ok && err == nil
}

// tensor returns the text of a tensor, whatever it is.
func (p *printer) tensor(t *Tensor) string {
	if w := wrapperAround(t); w.kind != noWrapper {
		return p.wrapped(t, w)
	}
	original := t
	t, tangent := unpackForPrint(t)
	prefix := "tensor("
	if t.IsNested() {
		prefix = "nested_tensor("
	}
	var suffixes []string
	if device := t.Device(); device.kind != cpuType {
		suffixes = append(suffixes, "device='"+device.String()+"'")
	}
	contents, about := p.contents(t, len(prefix))
	suffixes = append(suffixes, about...)
	layout := t.Layout()
	if layout != Strided {
		suffixes = append(suffixes, "layout="+layout.String())
	}
	if history := history(original); history != "" {
		suffixes = append(suffixes, history)
	}
	if tangent != nil {
		suffixes = append(suffixes, p.tangent(tangent))
	}
	return p.join(prefix+contents, suffixes, len(prefix), layout == SparseCoo)
}

// history says where a tensor's gradient goes, if it has one.
func history(t *Tensor) string {
	var name string
	if err := Try(func() { name = t.GradFn().Name() }); err != nil {
		name = "Invalid" // a view made under NoGrad that was then written to
	}
	name = name[strings.LastIndexByte(name, ':')+1:]
	switch {
	case name != "":
		return "grad_fn=<" + name + ">"
	case t.RequiresGrad():
		return "requires_grad=True"
	}
	return ""
}

// join puts commas between the suffixes, and new lines where the line is full.
func (p *printer) join(text string, suffixes []string, indent int, newLine bool) string {
	var out strings.Builder
	out.WriteString(text)
	length := len(text) - strings.LastIndexByte(text, '\n') + 1 // of the last line, in Python's eyes
	for _, suffix := range suffixes {
		if newLine || length+len(suffix)+2 > p.Linewidth {
			out.WriteString(",\n" + strings.Repeat(" ", indent))
			length = indent + len(suffix)
			newLine = false
		} else {
			out.WriteString(", ")
			length += len(suffix) + 2
		}
		out.WriteString(suffix)
	}
	return out.String() + ")"
}

// contents returns the text of the elements, and the suffixes that depend on
// how the tensor keeps them.
func (p *printer) contents(t *Tensor, indent int) (text string, suffixes []string) {
	switch layout := t.Layout(); {
	case layout == SparseCoo:
		return p.sparse(t, indent, []part{{"indices", op_Indices}, {"values", op_Values}})
	case compressedParts[layout] != nil:
		return p.sparse(t, indent, compressedParts[layout])
	case t.IsQuantized():
		return p.quantized(t, indent)
	case t.IsNested():
		return p.nested(t), nil
	case t.Device().kind == metaType:
		return "...", append(sizeSuffix(t), p.dtypeUnlessDefault(t)...)
	case t.Numel() == 0:
		return "[]", p.emptySuffixes(t)
	default:
		if p.Edgeitems == 0 {
			suffixes = sizeSuffix(t)
		}
		suffixes = append(suffixes, p.dtypeUnlessUsual(t)...)
		if layout != Strided {
			t = opToDense(t, 0, optional[bool]{})
		}
		return p.elements(t, indent), suffixes
	}
}

// emptySuffixes of a tensor without elements show what these would: the shape,
// unless it is (0,), and the dtype, even Int64.
func (p *printer) emptySuffixes(t *Tensor) (suffixes []string) {
	if t.Dim() != 1 {
		suffixes = sizeSuffix(t)
	}
	return append(suffixes, p.dtypeUnlessDefault(t)...)
}

func sizeSuffix(t *Tensor) []string { return []string{"size=" + tupleText(t.Shape())} }

func dtypeSuffix(t *Tensor) []string { return []string{"dtype=" + t.DType().String()} }

func (p *printer) dtypeUnlessDefault(t *Tensor) []string {
	if t.DType() == p.defaultDtype {
		return nil
	}
	return dtypeSuffix(t)
}

// dtypeUnlessUsual leaves out the dtypes that the look of the elements tells.
func (p *printer) dtypeUnlessUsual(t *Tensor) []string {
	usualComplex := Complex64
	if p.defaultDtype == Float64 {
		usualComplex = Complex128
	}
	switch t.DType() {
	case p.defaultDtype, usualComplex, Int64, Bool:
		return nil
	}
	return dtypeSuffix(t)
}

// A part is one of the tensors that make up a sparse one.
type part struct {
	name string
	of   func(*Tensor) *Tensor
}

var (
	rowParts = []part{{"crow_indices", opCrowIndices}, {"col_indices", opColIndices}, {"values", opValues}}
	colParts = []part{{"ccol_indices", opCcolIndices}, {"row_indices", opRowIndices}, {"values", opValues}}

	compressedParts = map[Layout][]part{
		SparseCsr: rowParts, SparseBsr: rowParts, SparseCsc: colParts, SparseBsc: colParts,
	}
)

func (p *printer) sparse(t *Tensor, indent int, parts []part) (text string, suffixes []string) {
	meta := t.Device().kind == metaType
	suffixes = sizeSuffix(t)
	if !meta {
		suffixes = append(suffixes, fmt.Sprintf("nnz=%d", op_Nnz(t)))
	}
	suffixes = append(suffixes, p.dtypeUnlessUsual(t)...)
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = p.part(part.name+"=tensor(", part.of(t), indent, meta)
	}
	return strings.Join(texts, ",\n"+strings.Repeat(" ", indent)), suffixes
}

func (p *printer) part(prefix string, t *Tensor, indent int, meta bool) string {
	text := "..."
	if !meta {
		text = p.elements(t, indent+len(prefix))
	}
	if meta || t.Numel() == 0 {
		text += ", size=" + tupleText(t.Shape())
	}
	return prefix + text + ")"
}

func (p *printer) quantized(t *Tensor, indent int) (text string, suffixes []string) {
	scheme := t.Qscheme()
	suffixes = append(sizeSuffix(t), p.dtypeUnlessUsual(t)...)
	suffixes = append(suffixes, "quantization_scheme="+scheme.String())
	if scheme == PerTensorAffine || scheme == PerTensorSymmetric {
		suffixes = append(suffixes, "scale="+FormatFloat(opQScale(t)), fmt.Sprintf("zero_point=%d", opQZeroPoint(t)))
	} else {
		suffixes = append(suffixes, "scale="+p.tensor(opQPerChannelScales(t)),
			"zero_point="+p.tensor(opQPerChannelZeroPoints(t)), fmt.Sprintf("axis=%d", opQPerChannelAxis(t)))
	}
	return p.elements(opDequantizeSelf(t), indent), suffixes
}

// nested prints a nested tensor's components, one below the other.
func (p *printer) nested(t *Tensor) string {
	var texts []string
	for _, component := range opUnbindInt(t, 0) {
		texts = append(texts, "  "+strings.ReplaceAll(p.tensor(component), "\n", "\n  "))
	}
	return "[\n" + strings.Join(texts, ",\n") + "\n]"
}
