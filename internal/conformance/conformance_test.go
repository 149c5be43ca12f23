package conformance

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// needPython skips the test where Python has no PyTorch, or not of Go's version.
func needPython(t *testing.T) {
	t.Helper()
	parity.Run(t, "pass")
}

// A baseline, in testdata/subset.json, is what must not get worse.
// GOTORCH_UPDATE=1 writes it anew.
type baseline struct {
	Runs map[string]figures
	Open []string // differences that are mistakes of Go's and not yet mended
}

type figures struct{ Calls, Equal int }

// The runs of which CI makes sure. The first of each level names the most.
var subset = []Options{
	{Level: "aten", Kinds: []string{"forward"}, DTypes: []string{"float32", "int64", "bool"}, Samples: 3},
	{Level: "public", Kinds: []string{"forward", "method", "inplace", "out", "gradient", "error"}, DTypes: []string{"float32"}, Samples: 2},
	{Level: "public", Kinds: []string{"forward", "gradient"}, DTypes: []string{"float64", "bfloat16", "complex64", "complex128", "float16", "int64", "bool"}, Samples: 1},
}

// Samples of all entries, replayed, are as equal as they were.
func TestSubset(t *testing.T) {
	needPython(t)
	tally := Tally{}
	for _, o := range subset {
		replayAll(t, o, tally)
	}
	got := newBaseline(tally)
	const file = "testdata/subset.json"
	if os.Getenv("GOTORCH_UPDATE") == "1" {
		text, err := json.MarshalIndent(got, "", "\t")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, append(text, '\n'), 0o600))
		var b strings.Builder
		tally.Report(&b)
		t.Log(b.String())
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var before baseline
	require.NoError(t, json.Unmarshal(text, &before))
	for name, b := range before.Runs {
		assert.GreaterOrEqual(t, got.Runs[name].Equal, b.Equal, "%s: fewer calls are equal to Python's; of %d", name, got.Runs[name].Calls)
		assert.GreaterOrEqual(t, got.Runs[name].Calls, b.Calls, name)
	}
	assert.Subset(t, before.Open, got.Open, "differences that were not there")
}

func newBaseline(tally Tally) baseline {
	b := baseline{map[string]figures{}, []string{}}
	for name, c := range tally {
		equal := c.Equal
		if calls := c.Excused[uninitialised]; calls != nil { // equal in one run and not in another
			equal += calls.Calls
		}
		b.Runs[name] = figures{c.Calls, equal}
		for cause, d := range c.Different {
			b.Open = append(b.Open, d.Example+": "+cause)
		}
	}
	slices.Sort(b.Open)
	return b
}

// replayAll replays what a run records.
func replayAll(t *testing.T, o Options, tally Tally) {
	t.Helper()
	replayEach(t, o, func(record *Record, replay replayer) {
		line := record.Kind
		if record.Kind != "error" {
			line += ", " + record.DType
		}
		tally.Add(o.Level+": "+line, record, replay)
	})
}

// replayEach gives fn each record of a run, and what replays the calls.
func replayEach(t *testing.T, o Options, fn func(*Record, replayer)) {
	t.Helper()
	operators, err := newTable()
	require.NoError(t, err)
	replay := replayPublic
	if o.Level == "aten" {
		replay = func(c *Call) (string, error) { return replayRaw(operators, c) }
	}
	for record, err := range Records(o) {
		require.NoError(t, err)
		torch.Scope(func() { fn(record, replay) })
	}
}

// Every sample of the database, for docs/conformance.md.
func TestAll(t *testing.T) {
	if os.Getenv("GOTORCH_LONG_TESTS") != "1" {
		t.Skip("takes a quarter of an hour; GOTORCH_LONG_TESTS=1 runs it, and writes docs/conformance.md")
	}
	needPython(t)
	tally := Tally{}
	for _, o := range []Options{
		{Level: "aten", Kinds: []string{"forward"}},
		{Level: "public", Kinds: []string{"forward", "method", "inplace", "out", "gradient", "error"}},
	} {
		o.DTypes = []string{"float32", "float64", "bfloat16", "float16", "complex64", "complex128", "int64", "bool"}
		if dtypes := os.Getenv("GOTORCH_LONG_DTYPES"); dtypes != "" {
			o.DTypes = strings.Split(dtypes, ",")
		}
		replayAll(t, o, tally)
	}
	var b strings.Builder
	b.WriteString(head)
	tally.Report(&b)
	require.NoError(t, os.WriteFile("../../docs/conformance.md", []byte(b.String()), 0o600))
}

const head = `<!-- Written by GOTORCH_LONG_TESTS=1 go test ./internal/conformance -run TestAll -timeout 0. -->

# PyTorch's operator database in Go

PyTorch's own tests are built on a database of sample inputs for its operators. Here every sample is run in Python, and
each call that it makes is replayed in Go with the same arguments and seed: "aten" through the table of ATen's operators,
"public" through the exported function of Python's name. Results, what is written to, gradients with the names of their
functions, and error messages are compared: bits, but for those of NaNs.

- *forward* calls a function, *method* a method, *inplace* the method with an underscore, *out* the function with out=,
  *gradient* differentiates, *error* gives arguments that must be refused, with an error of the same kind and in the same
  words.
- *different* is what Go gets wrong; *excused* is what cannot be compared, or must differ, or does not compile in Go, for the
  reasons below; *no way in Go* is what has no function, or no option, in Go yet.
- New tensors among the results also have the same version, the number of times that they were written to.

`
