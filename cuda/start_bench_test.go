//go:build linux

package cuda_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// starts are programs that begin, and use libtorch once, in various ways.
var starts = map[string]struct {
	device string // GOTORCH_DEVICE
	run    func()
}{
	"without CUDA": {"cpu", func() { torch.Ones([]int64{2}).Sum().Item() }},
	"CUDA open":    {"cuda", func() { torch.Ones([]int64{2}).Sum().Item() }},
	"CUDA in use":  {"cuda", func() { torch.Ones([]int64{2}, torch.CUDA()).Sum().Item() }},
}

// What it costs a program to open CUDA: time, and memory. BenchmarkStart runs itself in
// processes of each kind, in turns.
func BenchmarkStart(b *testing.B) {
	if name := os.Getenv("CUDA_START"); name != "" {
		for b.Loop() {
			starts[name].run()
		}
		status, err := os.ReadFile("/proc/self/status")
		require.NoError(b, err)
		fmt.Printf("%s\n", status)
		return
	}
	testkit.NeedDevices(b, 1)
	milliseconds, megabytes := map[string][]float64{}, map[string][]float64{}
	for b.Loop() {
		for name, c := range starts {
			child := exec.Command(os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkStart$", "-test.benchtime=1x")
			child.Env = append(os.Environ(), "CUDA_START="+name, csrc.DeviceVariable+"="+c.device, testkit.DeviceVariable+"=")
			begin := time.Now()
			out, err := child.CombinedOutput()
			milliseconds[name] = append(milliseconds[name], float64(time.Since(begin).Microseconds())/1000)
			peak := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(out)
			require.True(b, err == nil && peak != nil, "%s: %v\n%s", name, err, out)
			kilobytes, _ := strconv.ParseFloat(string(peak[1]), 64)
			megabytes[name] = append(megabytes[name], kilobytes/1024)
		}
	}
	for name := range starts {
		b.Logf("%-14s %4.0f ms %4.0f MB", name, median(milliseconds[name]), median(megabytes[name]))
	}
}
