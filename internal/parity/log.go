package parity

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/torch"
)

// logging is what a snippet of Compare has before it.
const logging = `
out["log"] = entries = []
def log(*values):
	entries.extend(v.detach().clone() if isinstance(v, torch.Tensor) else str(v) for v in values)
def fail(f):
	try: f()
	except Exception as e: return log(type(e).__name__ + ": " + str(e))
	log("no error")
`

// Compare runs a snippet and its Go twin, both of which log values on their way,
// and fails the test unless these are the same in order: tensors to the bit,
// others as Python's str writes them.
//
//	parity.Compare(t, `log(m(x), m); fail(lambda: m(None))`, func(log func(values ...any)) {
//		log(m.Forward(x), m)
//		log(func() { m.Forward(nil) }) // fails with the same kind and message
//	})
func Compare(t testing.TB, code string, golang func(log func(values ...any))) {
	t.Helper()
	py := Run(t, logging+dedent(code))
	want, i := py.Value("log").List, 0
	golang(func(values ...any) {
		t.Helper()
		for _, v := range values {
			if i == len(want) {
				t.Errorf("Python logs nothing more, Go %v", v)
				return
			}
			key := fmt.Sprintf("value %d", i)
			if x, ok := v.(*torch.Tensor); ok && x != nil {
				equal(t, key, want[i], x)
			} else {
				assert.Equal(t, fmt.Sprint(want[i].Value), text(v), key)
			}
			i++
		}
	})
	if i < len(want) {
		t.Errorf("Python logs %d values, Go %d", len(want), i)
	}
}

// text writes a value as Python's str does; that of a function is its error.
func text(v any) string {
	switch v := v.(type) {
	case *torch.Tensor:
		return v.String()
	case bool:
		return strings.ToUpper(fmt.Sprint(v)[:1]) + fmt.Sprint(v)[1:]
	case []string:
		return "['" + strings.Join(v, "', '") + "']"
	case func():
		var e *torch.Error
		if errors.As(torch.Try(v), &e) {
			return e.Kind + ": " + e.Message
		}
		return "no error"
	}
	return fmt.Sprint(v)
}
