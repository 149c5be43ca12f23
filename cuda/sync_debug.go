package cuda

import (
	"slices"
	"sync/atomic"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	syncDebugMode    = csrc.Entry("cuda::sync_debug_mode() -> int")
	setSyncDebugMode = csrc.Entry("cuda::set_sync_debug_mode(int mode) -> ()")
)

// warned says that SetSyncDebugMode has said that it is a prototype.
var warned atomic.Bool

// SetSyncDebugMode says, for the whole process, what happens when an operator waits for
// the GPU: nothing ("default" or 0), a warning ("warn" or 1), or an error ("error" or 2).
// Operators in which a program waits without need can be found so. libtorch does not
// find all. Python's torch.cuda.set_sync_debug_mode. Another mode is a RuntimeError.
func SetSyncDebugMode[M string | int](mode M) {
	start()
	number := syncDebugModeOf(mode)
	if !warned.Swap(true) {
		torch.Warn("Synchronization debug mode is a prototype feature and does not yet detect all synchronizing operations")
	}
	var f entry.Frame
	f.PutInt(int64(number))
	f.Call(setSyncDebugMode)
}

func syncDebugModeOf(mode any) int {
	names := []string{"default", "warn", "error"}
	number, isNumber := mode.(int)
	if !isNumber {
		number = slices.Index(names, mode.(string))
	}
	switch {
	case number >= 0 && number < len(names):
	case isNumber:
		panic(torch.NewError("RuntimeError", "invalid value of debug_mode, expected one of 0,1,2"))
	default:
		panic(torch.NewError("RuntimeError", "invalid value of debug_mode, expected one of `default`, `warn`, `error`"))
	}
	return number
}

// GetSyncDebugMode returns what [SetSyncDebugMode] has set, as a number: 0, 1 or 2.
func GetSyncDebugMode() int {
	start()
	return int(entry.Int(syncDebugMode))
}
