package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/torch"
)

// A report prints findings as a table.
type report struct{ out io.Writer }

func (r report) line(name, format string, args ...any) {
	fmt.Fprintf(r.out, "%-16s %s\n", name, fmt.Sprintf(format, args...))
}

func version(out, errors io.Writer) (status int) {
	fmt.Fprintf(out, "gotorch %s\n", moduleVersion())
	if _, err := csrc.Load(); err != nil {
		fmt.Fprintf(errors, "libtorch: %v\n", err)
		return 1
	}
	fmt.Fprintf(out, "libtorch %s\n", torch.Version())
	return 0
}

func moduleVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// doctor prints what a bug report needs. Its status is 0 if all works.
func doctor(out io.Writer) (status int) {
	r := report{out}
	r.line("gotorch", "%s, sources %.12s", moduleVersion(), csrc.Stamp)
	r.line("go", "%s %s/%s, %d cores", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	start := time.Now()
	path, err := csrc.Load()
	if err != nil {
		r.line("libgotorch", "NOT USABLE")
		fmt.Fprintf(out, "\n%v\n", err)
		return 1
	}
	r.line("libgotorch", "%s, opened in %.2f s", path, time.Since(start).Seconds())
	r.line("libtorch", "%s in %s", torch.Version(), libtorchDir())
	r.line("cpu", "capability %s", torch.CPUCapability())
	r.line("threads", "%s", threads())
	if !reportCUDA(r, path) {
		status = 1
	}
	if err := selfTest(r); err != nil {
		r.line("self-test", "FAILED: %v", err)
		status = 1
	}
	return status
}

// libtorchDir finds where the dynamic linker took libtorch from.
func libtorchDir() string {
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return "a place that this system does not tell"
	}
	defer maps.Close()
	for scanner := bufio.NewScanner(maps); scanner.Scan(); {
		if _, path, ok := strings.Cut(scanner.Text(), "/"); ok && filepath.Base(path) == "libtorch_cpu.so" {
			return filepath.Dir("/" + path)
		}
	}
	return "an unknown place"
}

// threads picks the two lines that matter from PyTorch's report.
func threads() string {
	var found []string
	for line := range strings.SplitSeq(torch.ParallelInfo(), "\n") {
		if strings.Contains(line, "get_num_threads()") || strings.Contains(line, "get_num_interop_threads()") {
			found = append(found, strings.TrimPrefix(strings.TrimSpace(line), "at::"))
		}
	}
	return strings.Join(found, ", ")
}

type test struct {
	name string
	run  func() error
}

// selfTest computes things whose results are known, for about a second.
func selfTest(r report) error {
	tests := append(deviceTests(torch.CPU), test{"random numbers", testRandom}, test{"memory", testMemory})
	start := time.Now()
	if err := runTests(tests); err != nil {
		return err
	}
	r.line("self-test", "passed %d tests in %.2f s; an addition of two numbers takes %.2f µs",
		len(tests), time.Since(start).Seconds(), additionTime().Seconds()*1e6)
	return nil
}

func runTests(tests []test) error {
	for _, test := range tests {
		var result error
		if err := torch.Try(func() { result = test.run() }); err != nil {
			return fmt.Errorf("%s: %w", test.name, err)
		}
		if result != nil {
			return fmt.Errorf("%s: %w", test.name, result)
		}
	}
	return nil
}

// deviceTests are those that every device has to pass.
func deviceTests(d torch.Device) []test {
	return []test{
		{"matrix product", func() error { return testMatmul(d) }},
		{"gradients", func() error { return testGradients(d) }},
	}
}

func testRandom() error {
	g := torch.NewGenerator().ManualSeed(0)
	// torch.rand(1, generator=torch.Generator().manual_seed(0)) in Python.
	if got := torch.Rand([]int64{1}, g).Item(); got != 0.49625658988952637 {
		return fmt.Errorf("the first number after seed 0 is %v", got)
	}
	return nil
}

// testMatmul allows for the rounding of TF32.
func testMatmul(d torch.Device) error {
	const n = 256
	a, b := torch.Randn([]int64{n, n}, d), torch.Eye(n, d)
	if !torch.Allclose(a.Mm(b), a, torch.Rtol(1e-2)) {
		return fmt.Errorf("a matrix times the identity is not itself")
	}
	return nil
}

func testGradients(d torch.Device) error {
	x := torch.NewTensor([]float64{1, 2, 3}, d, torch.RequiresGrad(true))
	x.Mul(x).Sum().Backward()
	if got := torch.Data[float64](x.Grad()); got[0] != 2 || got[1] != 4 || got[2] != 6 {
		return fmt.Errorf("the gradient of x² at 1, 2, 3 is %v", got)
	}
	return nil
}

// testMemory makes and drops 2 GB, and sees that they are not all kept.
func testMemory() error {
	const size, count, limit = 8 << 20, 256, 512 << 20
	peak := int64(0)
	for range count {
		torch.Ones([]int64{size}, torch.Uint8)
		peak = max(peak, torch.MemoryStats().Bytes)
	}
	if peak > limit {
		return fmt.Errorf("%d MB were kept of tensors that nothing refers to", peak>>20)
	}
	return nil
}

// additionTime is the best of a few rounds, as other processes disturb.
func additionTime() time.Duration {
	const rounds, additions = 10, 2000
	x, y := torch.Ones([]int64{2}), torch.Ones([]int64{2})
	best := time.Duration(math.MaxInt64)
	for range torch.Scoped(rounds) {
		start := time.Now()
		for range additions {
			x.Add(y)
		}
		best = min(best, time.Since(start)/additions)
	}
	return best
}
