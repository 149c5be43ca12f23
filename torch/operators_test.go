package torch

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/csrc"
)

// Every operator of the table is in libgotorch, with the schema that the Go
// function was generated from.
func TestOperatorsResolve(t *testing.T) {
	_, err := csrc.Load()
	require.NoError(t, err)
	if got := csrc.TorchVersion(); got != csrc.MadeFor {
		t.Skipf("the operators are those of libtorch %s, and this is %s", csrc.MadeFor, got)
	}
	assert.Equal(t, 3110, len(operators))
	for i := range operators {
		fn := &operators[i]
		assert.Equal(t, i, fn.Index, fn.Schema)
		assert.NoError(t, fn.Check())
	}
}

// The result of every operator fits into a frame, even if its lists take all
// the room that Writer in frame.h gives them.
func TestResultsFitIntoFrame(t *testing.T) {
	const room, reserve = 31, 8 // words for results; those kept for what follows a list
	for i := range operators {
		used := 0
		for _, result := range results(operators[i].Schema) {
			switch {
			case strings.HasSuffix(result, "[]"):
				if used < room-reserve {
					used = room - reserve
				} else {
					used += 2
				}
			case result == "Scalar":
				used += 3
			case strings.HasPrefix(result, "Tensor"):
				used += 2
			default:
				used++
			}
		}
		assert.LessOrEqual(t, used, room, operators[i].Schema)
	}
}

// results returns the types of a schema's results.
func results(schema string) []string {
	list := schema[strings.LastIndex(schema, ") -> ")+len(") -> "):]
	list = strings.TrimSuffix(strings.TrimPrefix(list, "("), ")")
	if list == "" {
		return nil
	}
	var types []string
	for _, result := range strings.Split(list, ", ") {
		types = append(types, strings.Fields(result)[0])
	}
	return types
}
