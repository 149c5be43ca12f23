package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFamily(t *testing.T) {
	const key = "Pool = Pool1d Pool2d"
	f := &Functional{
		Own: map[string]string{"reduction": "Reduction", "reduce": "Reduce"},
		Options: map[string][]string{key: {
			"stride ints = 1", "p float = 0.5", "alpha Scalar = 1.0", "dim int = -1", "eps optional float", "bias Tensor", "dtype",
			"reduction str = \"mean\"", "reduce optional bool",
		}},
	}
	f.families = append(f.families, f.family(key))
	keyword := func(python string, kinds ...string) *Keyword {
		k := &Keyword{Python: python, Kinds: kinds}
		k.decide("", map[string]bool{"Alpha": true})
		return k
	}
	words := map[string]*Keyword{}
	for _, k := range []*Keyword{
		keyword("stride", "int[]"), keyword("p", "Scalar", "str"), keyword("alpha", "Scalar"), keyword("dim", "int", "int[]"),
		keyword("eps", "float"), keyword("bias", "Tensor"), keyword("dtype"),
	} {
		words[camel(k.Python)] = k
	}
	_, err := f.learn(nil, words)
	require.NoError(t, err)
	family := f.families[0]
	assert.Equal(t, []string{"Pool1d", "Pool2d"}, family.functions)
	assert.Equal(t, `stride: []int64{1}, p: 0.5, alpha: torch.WithAlpha(1.0), dim: -1, reduction: "mean"`, family.defaults())
	var got []string
	for _, o := range family.options {
		got = append(got, o.optionType()+": "+o.goType()+" = "+o.value())
	}
	assert.Equal(t, []string{
		"torch.StrideArg: []int64 = []int64(o)", `torch.PArg: float64 = toFloat(o.Value(), "p")`, "torch.AlphaArg: torch.AlphaArg = o",
		`torch.DimArg: int64 = oneInt(o, "dim")`, "torch.EpsArg: optional[float64] = some(float64(o))",
		"torch.BiasArg: *torch.Tensor = o.Value()", "torch.DType: torch.DType = o", "Reduction: Reduction = o",
		"Reduce: optional[bool] = some(bool(o))",
	}, got)
	var b strings.Builder
	family.write(&b, map[string]bool{"Stride": true})
	assert.Contains(t, b.String(), "// A PoolOption is an option of [Pool1d], [Pool2d]: [WithStride] (1), [P]")
	assert.Contains(t, b.String(), "func (Reduction) FunctionalPoolOption(option.Marker) {}")
}

func TestFunctionalRefusesWhatTorchLacks(t *testing.T) {
	_, err := (&Functional{Forward: []string{"no_such_function"}}).learn(nil, nil)
	assert.ErrorContains(t, err, "no_such_function")
}

func TestPythonName(t *testing.T) {
	for name, want := range map[string]string{"AvgPool2d": "avg_pool2d", "Elu_": "elu_", "Logsigmoid": "logsigmoid"} {
		assert.Equal(t, want, pythonName(name))
	}
}
