package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sums are torch.sum, Tensor.sum, which calls it, and Tensor.sum_.
func sums(t *testing.T) (function, method, inPlace *Function) {
	one := func(b *Binding) *Function {
		functions, err := merge(b, noOverride)
		require.NoError(t, err)
		require.Len(t, functions, 1)
		return functions[0]
	}
	const options = "dim int[1]? = None; keepdim bool = False"
	function = one(binding("sum", overload("sum", "self Tensor; other Tensor?; "+options, "Tensor")))
	method = one(&Binding{Module: "Tensor", Name: "sum", Method: true, Overloads: []*Overload{overload("sum", "other Tensor?; "+options, "Tensor")}})
	inPlace = one(&Binding{Module: "Tensor", Name: "sum_", Method: true, Overloads: []*Overload{overload("sum_", "other Tensor?", "Tensor")}})
	method.Forward = function
	return function, method, inPlace
}

func textsOf(functions map[string]string) *Texts {
	t := &Texts{functions: functions, options: map[string]string{"dim": "names dimensions."}, used: map[string]bool{}}
	words := []*Keyword{
		{Python: "dim", Class: "[]int64", Type: "DimArg", Constructor: "Dim", Interfaces: []string{"SumOption", "MeanOption"}},
		{Python: "keepdim", Class: "bool", Type: "KeepdimArg", Constructor: "WithKeepdim", Interfaces: []string{"SumOption"}},
	}
	t.learn(words, map[string]bool{"Sum": true, "Tensor.Sum": true, "LinalgNorm": true})
	return t
}

func TestDocument(t *testing.T) {
	function, method, inPlace := sums(t)
	texts := textsOf(map[string]string{"sum": "returns {input} + {other} over {dim}; see [LinalgNorm].\nAnd more."})
	document := func(f *Function) string {
		doc, err := texts.document(f, f.Name)
		require.NoError(t, err)
		return doc
	}
	assert.Equal(t, `// Sum returns input + other over [Dim]; see [LinalgNorm].
//
// And more.
//
// It is Python's torch.sum:
//
//	sum(Tensor input, Tensor other, tuple of ints dim = None, bool keepdim = False) -> Tensor
//
// other may be nil. Options: [Dim], [WithKeepdim].
`, document(function))
	assert.Equal(t, `// Sum returns t + other over [Dim]; see [LinalgNorm].
//
// And more.
//
// It is [Sum] with t as input, Python's Tensor.sum. Options: [Dim],
// [WithKeepdim].
`, document(method))
	assert.Equal(t, `// Sum_ is the in-place form of [Tensor.Sum]: it writes the result to t, whose
// size and dtype stay, and returns t.
//
// It is Python's Tensor.sum_:
//
//	sum_(Tensor other) -> Tensor
//
// other may be nil.
`, document(inPlace))
	assert.NoError(t, texts.useOption("dim"))
	assert.NoError(t, texts.checkUsed())
}

// useOption takes the text of one option.
func (t *Texts) useOption(python string) error {
	_, err := t.option(t.keywords[camel(python)])
	return err
}

// The method's text is the function's, unless it has one of its own; so is
// that of the in-place form, and a Go function apart from others of one name.
func TestTextKeys(t *testing.T) {
	function, method, inPlace := sums(t)
	texts := textsOf(map[string]string{"sum": "a", "Tensor.sum": "b", "sum_": "c", "SumOther": "d"})
	for f, want := range map[*Function]string{function: "a", method: "b", inPlace: "c"} {
		text, err := texts.of(f)
		require.NoError(t, err)
		assert.Equal(t, want, text)
	}
	function.Name = "SumOther"
	text, err := texts.of(function)
	require.NoError(t, err)
	assert.Equal(t, "d", text)
}

func TestTextsRefuse(t *testing.T) {
	function, _, inPlace := sums(t)
	for text, message := range map[string]string{
		"returns {axis}.":  "axis is no argument",
		"returns {}.":      "is no argument",
		"is like [Meann].": "nothing is [Meann]",
		"":                 "sum has no text",
	} {
		_, err := textsOf(map[string]string{"sum": text}).document(function, "Sum")
		assert.ErrorContains(t, err, message)
	}
	texts := textsOf(map[string]string{"mean": "averages."})
	delete(texts.known, "Sum")
	delete(texts.known, "Tensor.Sum")
	_, err := texts.of(inPlace)
	assert.ErrorContains(t, err, "Tensor.sum_ has no text")
	assert.ErrorContains(t, texts.checkUsed(), "mean is no generated function")
	assert.ErrorContains(t, texts.checkUsed(), "dim is no option")
	assert.ErrorContains(t, texts.useOption("keepdim"), "the option keepdim has no text")
}

func TestOptionNote(t *testing.T) {
	k := textsOf(nil).keywords["Dim"]
	owners := map[string]string{"SumOption": "Sum", "MeanOption": "Mean"}
	assert.Equal(t, "It is Python's dim=, one integer or several, an option of [Mean] and [Sum].", k.note(owners))
	k.Interfaces = nil
	for _, name := range []string{"A", "B", "C", "D", "E", "F", "G"} {
		owners[name] = name
		k.Interfaces = append(k.Interfaces, name)
	}
	assert.Equal(t, "It is Python's dim=, one integer or several, an option of [A], [B], [C], [D], [E] and 2 others.", k.note(owners))
}

func TestQualifyLinks(t *testing.T) {
	assert.Equal(t, "[Norm] of [torch.Dim], a [torch.Tensor.Sum]", qualifyLinks("[LinalgNorm] of [Dim], a [Tensor.Sum]", map[string]string{"LinalgNorm": "Norm"}))
}

func TestReadTexts(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
	}
	write("a.yaml", "sum: >-\n  adds\n  elements.\n\n  All.\n")
	write("options.yaml", "sum: is a sum.\n")
	texts, err := readTexts(dir)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"sum": "adds elements.\nAll."}, texts.functions)
	assert.Equal(t, map[string]string{"sum": "is a sum."}, texts.options)
	write("b.yaml", "sum: adds.\n")
	_, err = readTexts(dir)
	assert.ErrorContains(t, err, "sum has a text elsewhere")
	write("b.yaml", "- a list\n")
	_, err = readTexts(dir)
	assert.ErrorContains(t, err, "b.yaml")
}
