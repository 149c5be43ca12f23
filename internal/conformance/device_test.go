package conformance

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/fakecuda"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// The calls that are made on a device: all samples in float32, some in others.
var onDevice = append([]Options{
	{Level: "aten", Kinds: []string{"forward"}, DTypes: []string{"float32"}},
	{Level: "public", Kinds: []string{"forward", "method", "inplace", "out", "gradient", "error"}, DTypes: []string{"float32"}},
	{Level: "aten", Kinds: []string{"forward"}, DTypes: []string{"int64", "bool"}, Samples: 1},
}, subset[2:]...)

// Each operator has on a device the results, gradients and errors that Python has on
// the CPU, to the bit, and its results are on that device.
func TestOperatorsOnCUDA(t *testing.T) {
	needComputingDevices(t, 1)
	tally := Tally{}
	for _, o := range onDevice {
		replayEach(t, o, func(record *Record, replay replayer) { tally.addOn(torch.CUDA(0), record, replay) })
	}
	tally.assertEqual(t)
	tally.assertCompared(t)
}

// Each operator has in Go what it has in Python on the same device, physical or
// simulated. Where the device is simulated, which the tests above are about, a sample of
// each has to do.
func TestSameOperatorsOnCUDA(t *testing.T) {
	testkit.NeedDevices(t, 1)
	needPython(t)
	tally := Tally{}
	for _, o := range onDevice {
		o.Device = "cuda:0"
		if fakecuda.Simulated() {
			o.Samples = 1
		}
		replayEach(t, o, func(record *Record, replay replayer) {
			if incomparable[record.Entry] == "" {
				tally.Add(record.Entry, record, replay)
			}
		})
	}
	tally.assertEqual(t)
	assert.Greater(t, len(tally), 650)
}

// elsewhere are kernels that PyTorch does not launch on the device of its tensors but on
// the current one, in Python, too: a mistake of its own.
var elsewhere = regexp.MustCompile(`compute_mode|ldexp_kernel_cuda`)

// All work of an operator goes to the device of its tensors and to the stream that is
// current there, also while another device is the current one.
func TestStreamsOfOperatorsOnCUDA(t *testing.T) {
	needComputingDevices(t, 2)
	side := cuda.NewStream(torch.CUDA(1))
	tally, events := Tally{}, 0
	operators := map[string]bool{}
	for _, o := range onDevice[:2] {
		if os.Getenv("GOTORCH_LONG_TESTS") != "1" {
			o.Samples = 1
		}
		replayEach(t, o, func(record *Record, replay replayer) {
			log := fakecuda.Log(t, func() {
				besides(side, func() { tally.addOn(side.Device(), record, replay) })
			})
			for _, e := range slices.DeleteFunc(log, isNoWork) {
				events++
				operators[e.Name] = true
				if isAstray(e, side) && !elsewhere.MatchString(e.Name) {
					t.Errorf("%s, %s %s: %s", record.Entry, o.Level, record.Kind, e)
				}
			}
		})
	}
	tally.assertEqual(t)
	t.Logf("%d operators, copies and the like, of %d names, went to %s", events, len(operators), side)
	assert.Greater(t, len(operators), 700)
}

// besides runs fn with a stream of cuda:1 as the current one there, and cuda:0 as the
// current device.
func besides(side cuda.Stream, fn func()) {
	cuda.WithStream(side, func() { cuda.WithDevice(torch.CUDA(0), fn) })
}

func isAstray(e fakecuda.Event, from cuda.Stream) bool {
	return e.Device != from.Device().Index() || e.Stream != from.CudaStream()
}

// isNoWork reports whether the event orders work, and is none itself.
func isNoWork(e fakecuda.Event) bool {
	return slices.Contains([]string{"record", "wait", "synchronize"}, e.Kind)
}

// needComputingDevices skips the test unless there are n devices that compute as the
// CPU does.
func needComputingDevices(t *testing.T, n int) {
	t.Helper()
	t.Log("bits are the CPU's on simulated devices alone: a physical GPU rounds otherwise, and has other random numbers")
	fakecuda.Need(t, n)
	needPython(t)
}

// addOn replays a record on a device, and counts by entries.
func (t Tally) addOn(device torch.Device, r *Record, replay replayer) {
	for _, c := range r.Calls {
		c.device = device
	}
	t.Add(r.Entry, r, replay)
}

// assertEqual fails for each difference, and logs the figures.
func (t Tally) assertEqual(tt *testing.T) {
	tt.Helper()
	calls, equal, excused := 0, 0, map[string]int{}
	for _, n := range t {
		for _, causes := range []map[string]*Cause{n.Different, n.NoWay} {
			for cause, c := range causes {
				tt.Errorf("%s: %s (%d calls)", c.Example, cause, c.Calls)
			}
		}
		for cause, c := range n.Excused {
			excused[cause] += c.Calls
		}
		calls += n.Calls
		equal += n.Equal
	}
	tt.Logf("%d entries: of %d calls %d are equal", len(t), calls, equal)
	for _, cause := range slices.Sorted(maps.Keys(excused)) {
		tt.Logf("excused: %d, %s", excused[cause], cause)
	}
}

// assertCompared fails for entries of which nothing was compared, and for exceptions
// that excuse nothing.
func (t Tally) assertCompared(tt *testing.T) {
	tt.Helper()
	used := map[string]bool{}
	for entry, n := range t {
		for cause := range n.Excused {
			used[cause] = true
		}
		if why := incomparable[entry]; why == "" {
			compared := n.Equal > 0 || n.Excused[uninitialised] != nil
			assert.True(tt, compared, "no call of %s was compared", entry)
		} else {
			assert.Zero(tt, n.Equal, "a call of %s was compared, although %s", entry, why)
		}
	}
	for entry := range incomparable {
		assert.Contains(tt, t, entry)
	}
	for _, r := range deviceReasons {
		assert.True(tt, used[r.reason], "no call is excused since %s", r.reason)
	}
}
