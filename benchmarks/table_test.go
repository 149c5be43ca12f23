package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestQuartiles(t *testing.T) {
	low, middle, high := quartiles([]float64{5, 1, 4, 2, 3})
	require.Equal(t, []float64{2, 3, 4}, []float64{low, middle, high})
	low, middle, high = quartiles([]float64{1, 2})
	require.Equal(t, []float64{1.25, 1.5, 1.75}, []float64{low, middle, high})
	low, middle, high = quartiles([]float64{7})
	require.Equal(t, []float64{7, 7, 7}, []float64{low, middle, high})
}

// The ratio is taken round by round: a machine that is ten times slower in one
// round does not change it.
func TestRatio(t *testing.T) {
	require.Equal(t, "0.50 ±0% / 0.50", ratio([]float64{1, 10, 2}, []float64{2, 20, 4}, 0))
	require.Equal(t, "0.50 ±0% / 0.50 (target 0.5: met)", ratio([]float64{1, 10, 2}, []float64{2, 20, 4}, 0.5))
	require.Equal(t, "2.00 (target 1.5: MISSED)", ratio([]float64{4}, []float64{2}, 1.5))
	require.Equal(t, "1.00 ±19% / 0.50", ratio([]float64{1, 4, 5}, []float64{2, 4, 4}, 0)) // quartiles 0.75 and 1.125
	require.Equal(t, "-", ratio([]float64{4}, nil, 1.5))
}

func TestWriteItems(t *testing.T) {
	var out strings.Builder
	writeItems(&out, []string{"add"}, map[string]measurements{
		"add": {goScope: {600}, goCollected: {15000}, python: {1000}},
	})
	require.Equal(t, strings.TrimPrefix(`
| operation | form      | Go      | Python  | C++ | Go/Python                  | Go/C++ |
| --------- | --------- | ------- | ------- | --- | -------------------------- | ------ |
| add       | in scopes | 600 ns  | 1000 ns | -   | 0.60 (target 0.65: met)    | -      |
| add       | collected | 15.0 µs | 1000 ns | -   | 15.00 (target 1.3: MISSED) | -      |

`, "\n"), out.String())
}

// script starts a worker that is a shell script.
func script(t *testing.T, text string) (*worker, error) {
	return start("script", []string{"sh", "-c", text})
}

func TestMeasure(t *testing.T) {
	w, err := script(t, `echo 2.15.0+cpu; while read item ms; do [ $item = add ] && echo 1${ms}e-1 || echo missing; done`)
	require.NoError(t, err)
	defer w.stop()
	require.Equal(t, []string{"2.15.0"}, versionsOf([]*worker{w, w}))

	got, err := measure([]*worker{w}, "add", 2, 50*time.Millisecond)
	require.NoError(t, err)
	require.Equal(t, measurements{"script": {15, 15}}, got, "the round that warms up is left out")

	got, err = measure([]*worker{w}, "unknown", 2, 50*time.Millisecond)
	require.NoError(t, err)
	require.Empty(t, got)
}

func TestWorkerThatFails(t *testing.T) {
	_, err := script(t, `echo first >&2; echo "no module named torch" >&2; exit 1`)
	require.EqualError(t, err, "no module named torch (exit status 1)")

	_, err = start("C++", []string{""})
	require.Error(t, err)

	w, err := script(t, `echo 2.15.0; read line; echo killed >&2; exit 3`)
	require.NoError(t, err)
	_, err = measure([]*worker{w}, "add", 1, time.Millisecond)
	require.EqualError(t, err, "script, add: killed (exit status 3)")
}

func TestSpend(t *testing.T) {
	seconds, bytes, err := spend([]string{"sleep", "0.1"})
	require.NoError(t, err)
	require.InDelta(t, 0.6, seconds, 0.5) // a busy machine may take longer
	require.Greater(t, bytes, 100e3)

	_, _, err = spend([]string{"sh", "-c", "echo broken >&2; exit 1"})
	require.EqualError(t, err, "broken (exit status 1)")
	require.Error(t, errors.Unwrap(err))
}
