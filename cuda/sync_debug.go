package cuda

import (
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
// the GPU: nothing ("default"), a warning ("warn"), or an error ("error"). Operators in
// which a program waits without need can be found so. libtorch does not find all.
func SetSyncDebugMode(mode string) {
	start()
	modes := map[string]int64{"default": 0, "warn": 1, "error": 2}
	number, ok := modes[mode]
	if !ok {
		panic(torch.NewError("RuntimeError", "invalid value of debug_mode, expected one of `default`, `warn`, `error`"))
	}
	if !warned.Swap(true) {
		torch.Warn("Synchronization debug mode is a prototype feature and does not yet detect all synchronizing operations")
	}
	var f entry.Frame
	f.PutInt(number)
	f.Call(setSyncDebugMode)
}

// GetSyncDebugMode returns what [SetSyncDebugMode] has set, as a number: 0, 1 or 2.
func GetSyncDebugMode() int {
	start()
	return int(entry.Int(syncDebugMode))
}
