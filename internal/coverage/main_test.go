package main

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReportIsCurrent(t *testing.T) {
	want, err := report("../..")
	require.NoError(t, err)
	got, err := os.ReadFile("../../docs/coverage.md")
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "run: go run ./internal/coverage")
}

// An exception for a name that PyTorch does not have excuses nothing.
func TestExceptionsAreUsed(t *testing.T) {
	list, err := sections()
	require.NoError(t, err)
	known := map[string]bool{}
	for _, s := range list {
		for _, name := range s.names {
			known[s.prefix()+name] = true
		}
	}
	for name := range renamed {
		assert.True(t, known[name], name)
	}
	for name := range leftOut {
		assert.True(t, known[name], name)
	}
}

func TestCompare(t *testing.T) {
	s := section{title: "torch", names: []string{"index_select", "add_", "compile", "nothing"}, pkg: "torch"}
	present, out, absent := s.compare(map[string]bool{"IndexSelect": true, "Add_": true})
	assert.Equal(t, 2, present)
	assert.Len(t, out, 1)
	assert.True(t, slices.Equal(absent, []string{"`nothing`"}))
}
