package torch_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// A misuse is refused by Python and by Go, in the same words.
type misuse struct {
	name   string
	python string
	run    func()
}

// sameRefusals checks that both raise the same kind of exception with the same
// message.
func sameRefusals(t *testing.T, cases []misuse) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			py := parity.RunError(t, c.python)
			e := refusal(t, c.run)
			assert.Equal(t, strings.TrimPrefix(py.Error.Type, "_"), e.Kind) // _LinAlgError is public as LinAlgError
			assert.Equal(t, py.Error.Message, e.Message)
		})
	}
}

// refusal returns the *torch.Error that fn panics with.
func refusal(t testing.TB, fn func()) *torch.Error {
	t.Helper()
	err := torch.Try(fn)
	require.Error(t, err)
	e, ok := err.(*torch.Error)
	require.True(t, ok, "%T", err)
	return e
}
