package functional

import (
	"fmt"
	"reflect"

	"github.com/wangkuiyi/gotorch/torch"
)

// The size of a kernel or an output: one number for all dimensions, or one for
// each, as in [2]int{3, 5} for height and width.
type (
	// A Size1 is a size in one dimension.
	Size1 interface {
		int | int64 | [1]int | [1]int64 | []int | []int64
	}
	// A Size2 is a size in two dimensions.
	Size2 interface {
		int | int64 | [2]int | [2]int64 | []int | []int64
	}
	// A Size3 is a size in three dimensions.
	Size3 interface {
		int | int64 | [3]int | [3]int64 | []int | []int64
	}
)

// sizesOf lists the numbers of a size.
func sizesOf[S Size1 | Size2 | Size3](size S) []int64 {
	switch size := any(size).(type) {
	case int:
		return []int64{int64(size)}
	case int64:
		return []int64{size}
	case []int64:
		return size
	}
	r := reflect.ValueOf(size)
	list := make([]int64, r.Len())
	for i := range list {
		list[i] = r.Index(i).Int()
	}
	return list
}

// spread repeats a single number n times.
func spread[T any](v []T, n int) []T {
	if len(v) != 1 {
		return v
	}
	list := make([]T, max(n, 0))
	for i := range list {
		list[i] = v[0]
	}
	return list
}

// An optional value is one that may be Python's None.
type optional[T any] struct {
	value T
	given bool
}

func some[T any](value T) optional[T] { return optional[T]{value, true} }

func raise(kind, format string, args ...any) { panic(torch.NewError(kind, format, args...)) }

// Values of options that elsewhere are of other types, too.

func wrongType(name, wanted string, v any) {
	raise("TypeError", "argument '%s' must be %s, not %s", name, wanted, fmt.Sprint(reflect.TypeOf(v))) // v itself would escape
}

func toFloat(v any, name string) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case int:
		return float64(v)
	}
	switch r := reflect.ValueOf(v); {
	case r.CanFloat():
		return r.Float()
	case r.CanInt():
		return float64(r.Int())
	case r.CanUint():
		return float64(r.Uint())
	}
	wrongType(name, "float", v)
	panic("unreachable")
}

func toText(v any, name string) string {
	r := reflect.ValueOf(v)
	if r.Kind() != reflect.String {
		wrongType(name, "str", v)
	}
	return r.String()
}

func toInts(v any, name string) []int64 {
	switch v := v.(type) {
	case []int64:
		return v
	case []int:
		return sizesOf(v)
	}
	if r := reflect.ValueOf(v); r.CanInt() {
		return []int64{r.Int()}
	}
	wrongType(name, "tuple of ints", v)
	panic("unreachable")
}

func oneInt(v []int64, name string) int64 {
	if len(v) != 1 {
		raise("TypeError", "argument '%s' must be int, not tuple of %d ints", name, len(v))
	}
	return v[0]
}
