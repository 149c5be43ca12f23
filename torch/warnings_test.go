package torch_test

import (
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/torch"
)

// collectWarnings returns the warnings that fn causes.
func collectWarnings(fn func()) (warned []torch.Warning) {
	var lock sync.Mutex
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) {
		lock.Lock()
		defer lock.Unlock()
		warned = append(warned, w)
	}))
	fn()
	return warned
}

// A warning comes once for each line that causes it, and says which.
func TestWarnings(t *testing.T) {
	copyOf := func(x *torch.Tensor) { torch.NewTensor(x) }
	x := pair()
	place := here(-2)
	warned := collectWarnings(func() {
		for range 3 {
			copyOf(x)
		}
		torch.NewTensor(x)
	})
	require.Len(t, warned, 2)
	assert.Equal(t, place, warned[0].File+":"+strconv.Itoa(warned[0].Line))
	assert.Equal(t, "UserWarning", warned[0].Category)
	assert.True(t, strings.HasPrefix(warned[0].Message, "To copy construct from a tensor, it is recommended to use "))
	assert.Equal(t, place+": UserWarning: "+warned[0].Message+"\n  copyOf := func(x *torch.Tensor) { torch.NewTensor(x) }\n",
		warned[0].String())
	assert.Equal(t, "nowhere.go:7: UserWarning: words\n",
		torch.Warning{Category: "UserWarning", Message: "words", File: "nowhere.go", Line: 7}.String())
}

func TestSetWarningHandler(t *testing.T) {
	first := func(torch.Warning) {}
	defer torch.SetWarningHandler(torch.SetWarningHandler(first))
	assert.NotNil(t, torch.SetWarningHandler(nil), "the one before")
	assert.NotPanics(t, func() { torch.Warn("dropped") })
	assert.Nil(t, torch.SetWarningHandler(first))

	// A new handler hears what the one before has heard.
	warned := 0
	for range 2 {
		torch.SetWarningHandler(func(torch.Warning) { warned++ })
		torch.Warn("careful")
	}
	assert.Equal(t, 2, warned)
}

// A handler may use the library, and may panic.
func TestHandlerMayDoAnything(t *testing.T) {
	warned := collectWarnings(func() {
		inner := torch.SetWarningHandler(func(w torch.Warning) {
			if w.Message == "outer" {
				torch.Warn("inner")
				pair().Add(1)
				panic("handler")
			}
		})
		assert.PanicsWithValue(t, "handler", func() { torch.Warn("outer") })
		torch.SetWarningHandler(inner)
		torch.Warn("after")
	})
	require.Len(t, warned, 1)
	assert.Equal(t, "after", warned[0].Message)
}

// At first warnings go to standard error.
func TestWarningsOnStandardError(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	stderr := os.Stderr
	os.Stderr = w
	func() {
		defer func() { os.Stderr = stderr }()
		torch.Warn("on standard error")
	}()
	w.Close()
	out, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.Contains(t, string(out), "warnings_test.go:")
	assert.Contains(t, string(out), ": UserWarning: on standard error\n  torch.Warn(\"on standard error\")\n")
}

func TestWarningsFromManyGoroutines(t *testing.T) {
	warned := collectWarnings(func() {
		var wait sync.WaitGroup
		for range 16 {
			wait.Go(func() {
				for range 50 {
					torch.Warn("together")
				}
			})
		}
		wait.Wait()
	})
	assert.Len(t, warned, 1)
}
