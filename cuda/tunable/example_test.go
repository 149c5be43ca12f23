package tunable_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/cuda/tunable"
	"github.com/wangkuiyi/gotorch/torch"
)

// The first product of each shape tries several kernels; those that come later use the fastest.
func Example() {
	if cuda.IsAvailable() {
		tunable.SetFilename(filepath.Join(os.TempDir(), "tuned.csv"))
		tunable.Enable(true)
		defer tunable.Enable(false)
		x := torch.Randn([]int64{64, 64}, torch.CUDA(0), torch.Float16)
		for range 3 {
			x.Mm(x)
		}
		for _, r := range tunable.GetResults() {
			fmt.Fprintln(os.Stderr, r.Operator, r.Parameters, r.Solution, r.Time)
		}
	}
	fmt.Println("done")
	// Output: done
}
