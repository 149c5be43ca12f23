package masked

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wangkuiyi/gotorch/torch"
)

// String returns what Python prints, with -- for elements that do not count:
//
//	MaskedTensor(
//	  [  1.0000,       --,   3.0000]
//	)
func (m *MaskedTensor) String() string {
	data, mask := m.data, m.mask
	if data.Layout() != torch.Strided {
		data, mask = data.ToDense(), mask.ToDense()
	}
	texts := elementTexts(data.Detach())
	counts := torch.Data[bool](mask)
	if len(data.Shape()) == 0 {
		if !counts[0] {
			texts[0] = "--"
		}
		return "MaskedTensor(" + texts[0] + ", " + boolText(counts[0]) + ")"
	}
	return "MaskedTensor(\n" + indented(brackets(texts, counts, data.Shape())) + "\n)"
}

// elementTexts spells the elements, those of floating point with 4 decimals.
func elementTexts(data *torch.Tensor) []string {
	texts := make([]string, 0, data.Numel())
	switch dtype := data.DType(); {
	case dtype.IsFloatingPoint():
		for _, v := range torch.Data[float64](data.To(torch.Float64)) {
			texts = append(texts, strings.NewReplacer("NaN", "nan", "+Inf", " inf", "-Inf", "-inf").Replace(fmt.Sprintf("%8.4f", v)))
		}
	case dtype == torch.Bool:
		for _, v := range torch.Data[bool](data) {
			texts = append(texts, boolText(v))
		}
	default:
		for _, v := range torch.Data[int64](data.To(torch.Int64)) {
			texts = append(texts, strconv.FormatInt(v, 10))
		}
	}
	return texts
}

func boolText(v bool) string {
	if v {
		return "True"
	}
	return "False"
}

// brackets puts the texts of a dense tensor into the brackets of its dimensions.
func brackets(texts []string, counts []bool, shape []int64) string {
	if len(shape) == 1 {
		return row(texts, counts)
	}
	size := len(texts) / max(1, int(shape[0]))
	var parts []string
	for i := range int(shape[0]) {
		parts = append(parts, indented(brackets(texts[i*size:(i+1)*size], counts[i*size:(i+1)*size], shape[1:])))
	}
	return "[\n" + strings.Join(parts, ",\n") + "\n]"
}

func row(texts []string, counts []bool) string {
	width := 0
	for i, text := range texts {
		if !counts[i] {
			text = "        " // as wide as a number
		}
		width = max(width, len(text))
	}
	var parts []string
	for i, text := range texts {
		if !counts[i] {
			text = fmt.Sprintf("%*s", width, "--")
		}
		parts = append(parts, text)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func indented(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }

// sizeText spells a shape as Python's torch.Size.
func sizeText(shape []int64) string {
	return "torch.Size(" + strings.ReplaceAll(fmt.Sprint(shape), " ", ", ") + ")"
}
