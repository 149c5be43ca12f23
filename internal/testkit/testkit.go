// Package testkit is what the test packages of this project share.
package testkit

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/wangkuiyi/gotorch/torch"
)

// Main runs the tests of a package, and fails if they leave a tensor alive or a
// goroutine running:
//
//	func TestMain(m *testing.M) { testkit.Main(m) }
//
// Under GOTORCH_TEST_STACKS=1 it says where the tensors were made that are
// left, for which it records the stack of each.
func Main(m *testing.M) {
	useDeviceOfEnvironment()
	torch.SetMemoryTracking(os.Getenv("GOTORCH_TEST_STACKS") == "1")
	code := m.Run()
	if code == 0 {
		if problem := Leaks(); problem != "" {
			fmt.Fprintln(os.Stderr, "FAIL:", problem)
			code = 1
		}
	}
	os.Exit(code)
}

// Leaks describes the tensors that are alive and the goroutines that run,
// beyond those of the testing package; "" if there are none.
func Leaks() string {
	var problems []string
	if err := goleak.Find(); err != nil {
		problems = append(problems, err.Error())
	}
	torch.CollectGarbage()
	m := torch.MemoryStats()
	if m.Functions != 0 {
		problems = append(problems, fmt.Sprintf("graphs hold %d Go functions", m.Functions))
	}
	if m.Handles != 0 || m.Bytes != 0 {
		problems = append(problems, fmt.Sprintf("%d tensors of %d bytes are alive", m.Handles, m.Bytes))
	}
	for stack, count := range m.Stacks {
		problems = append(problems, fmt.Sprintf("%d of them made by %s", count, stack))
	}
	slices.Sort(problems)
	return strings.Join(problems, "\n")
}
