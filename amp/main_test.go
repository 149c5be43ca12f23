package amp_test

import (
	"errors"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// The tests say themselves where their tensors are.
func TestMain(m *testing.M) {
	_ = os.Unsetenv(testkit.DeviceVariable)
	testkit.Main(m)
}

// collectWarnings returns the messages of the warnings that fn causes.
func collectWarnings(fn func()) (messages []string) {
	var lock sync.Mutex
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) {
		lock.Lock()
		defer lock.Unlock()
		messages = append(messages, w.Message)
	}))
	fn()
	return messages
}

// A misuse is wrong in Python and in Go.
type misuse struct {
	name, python string
	run          func()
}

// sameRefusals checks that Go's errors are Python's, which the code before each
// snippet may prepare.
func sameRefusals(t *testing.T, setup string, misuses []misuse) {
	t.Helper()
	for _, m := range misuses {
		t.Run(m.name, func(t *testing.T) {
			py := parity.RunError(t, setup+m.python)
			var e *torch.Error
			require.True(t, errors.As(torch.Try(m.run), &e))
			assert.Equal(t, py.Error.Type, e.Kind)
			assert.Equal(t, py.Error.Message, e.Message)
		})
	}
}
