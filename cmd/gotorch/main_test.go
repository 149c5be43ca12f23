package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDoctor(t *testing.T) {
	var out, errors bytes.Buffer
	status := run([]string{"doctor"}, &out, &errors)
	require.Equal(t, 0, status, out.String())
	for _, line := range []string{"libgotorch ", "libtorch ", "capability ", "get_num_threads()", "passed 4 tests"} {
		assert.Contains(t, out.String(), line)
	}
}

func TestVersion(t *testing.T) {
	var out, errors bytes.Buffer
	require.Equal(t, 0, run([]string{"version"}, &out, &errors))
	assert.Regexp(t, `libtorch \d+\.\d+\.\d+\n`, out.String())
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{}, {"doctor", "now"}, {"cure"}} {
		var out, errors bytes.Buffer
		assert.Equal(t, 2, run(args, &out, &errors), args)
		assert.Contains(t, errors.String(), "usage: gotorch COMMAND")
	}
}

func TestDoctorWithoutLibrary(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, os.WriteFile(home+"/libgotorch.so", []byte("not a library"), 0o666))
	out, status := doctorIn(t, home)
	assert.Equal(t, 1, status)
	assert.Contains(t, out, "NOT USABLE")
	assert.Contains(t, out, "install_libtorch.sh")
}
