package cuda_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// greenPrelude lets Python find the driver, which it asks for by name, where the simulated
// one lies.
const greenPrelude = `
	import ctypes, glob, os, warnings
	for driver in glob.glob(os.path.join(os.path.dirname(torch.__file__), "../nvidia/cu13/lib/libcuda.so.1")):
		ctypes.CDLL(driver)
	from torch.cuda.green_contexts import GreenContext, SMPartition
	warnings.simplefilter("ignore", FutureWarning)
`

// Contexts, parts of a GPU and their numbers are Python's.
func TestGreenContext(t *testing.T) {
	testkit.NeedDevices(t, 2)
	parity.Compare(t, greenPrelude+`
	g = GreenContext(num_sms=3)
	log(g.sm_count, g.device_id, g.sm_partition.coscheduled_sm_count, GreenContext.max_workqueue_concurrency())
	whole = SMPartition.from_device(1)
	log(whole.sm_count, whole.coscheduled_sm_count, whole.device_id)
	(a, b), rest = whole.split(num_sms=(4, 6))
	log(a.sm_count, b.sm_count, rest.sm_count, rest.coscheduled_sm_count, rest.device_id)
	(a, b), rest = whole.split(num_sms=(4, 0), coscheduled_sm_count=2, backfill=(False, True))
	log(a.sm_count, b.sm_count, rest)
	c = GreenContext(sm_partition=b, workqueue_scope="balanced", workqueue_concurrency_limit=2)
	(d,), rest = c.sm_partition.split(num_sms=2)
	log(c.device_id, c.sm_count, d.sm_count, rest.sm_count)
	log(GreenContext(workqueue_scope="device_ctx", device_id=1).sm_count)
	log(*[x.sm_count for x in GreenContext.split(num_sms=(4, 8), device_id=1)])
	s = c.Stream()
	with torch.cuda.stream(s):
		x = torch.arange(4., device="cuda:1") + 1
		log(torch.cuda.current_device(), torch.cuda.current_stream() == s)
	log(x, s.device, s.priority)
	first = c.Stream()
	log(*[c.Stream() == s for _ in range(31)])
	log(c.Stream() == first)
	`, func(log func(...any)) {
		g := cuda.NewGreenContext(cuda.NumSms(3))
		log(g.SmCount(), g.DeviceId(), g.SmPartition().CoscheduledSmCount(), cuda.MaxWorkqueueConcurrency())
		whole := cuda.SMPartitionFromDevice(torch.CUDA(1))
		log(whole.SmCount(), whole.CoscheduledSmCount(), whole.DeviceId())
		parts, rest := whole.Split(cuda.SMGroup{NumSms: 4}, cuda.SMGroup{NumSms: 6})
		log(parts[0].SmCount(), parts[1].SmCount(), rest.SmCount(), rest.CoscheduledSmCount(), rest.DeviceId())
		parts, rest = whole.Split(cuda.SMGroup{NumSms: 4, CoscheduledSmCount: 2}, cuda.SMGroup{CoscheduledSmCount: 2, Backfill: true})
		assert.Nil(t, rest)
		log(parts[0].SmCount(), parts[1].SmCount(), "None")
		c := cuda.NewGreenContext(parts[1], cuda.WorkqueueScope("balanced"), cuda.WorkqueueConcurrencyLimit(2))
		parts, rest = c.SmPartition().Split(cuda.SMGroup{NumSms: 2})
		log(c.DeviceId(), c.SmCount(), parts[0].SmCount(), rest.SmCount())
		log(cuda.NewGreenContext(cuda.WorkqueueScope("device_ctx"), cuda.DeviceId(1)).SmCount())
		for _, x := range cuda.SplitGreenContext([]cuda.SMGroup{{NumSms: 4}, {NumSms: 8}}, cuda.DeviceId(1)) {
			log(x.SmCount())
		}
		s := c.Stream()
		var x *torch.Tensor
		cuda.WithStream(s, func() {
			x = torch.Arange(4., torch.CUDA(1)).Add(1)
			log(cuda.CurrentDevice(), cuda.CurrentStream() == s)
		})
		log(x, s.Device(), s.Priority())
		first := c.Stream()
		for range 31 {
			log(c.Stream() == s)
		}
		log(c.Stream() == first)
	})
}

// greenMisuses are what Python and Go refuse with the same words.
var greenMisuses = []struct {
	python string
	run    func()
}{
	{"GreenContext()", func() { cuda.NewGreenContext() }},
	{"GreenContext(num_sms=0)", func() { cuda.NewGreenContext(cuda.NumSms(0)) }},
	{"GreenContext(num_sms=-1)", func() { cuda.NewGreenContext(cuda.NumSms(-1)) }},
	{"GreenContext(num_sms=17)", func() { cuda.NewGreenContext(cuda.NumSms(17)) }},
	{"GreenContext(num_sms=2, device_id=7)", func() { cuda.NewGreenContext(cuda.NumSms(2), cuda.DeviceId(7)) }},
	{"GreenContext(workqueue_scope='x')", func() { cuda.NewGreenContext(cuda.WorkqueueScope("x")) }},
	{"GreenContext(num_sms=2, workqueue_concurrency_limit=1)",
		func() { cuda.NewGreenContext(cuda.NumSms(2), cuda.WorkqueueConcurrencyLimit(1)) }},
	{"GreenContext(num_sms=2, sm_partition=SMPartition.from_device(0))",
		func() { cuda.NewGreenContext(cuda.NumSms(2), cuda.SMPartitionFromDevice()) }},
	{"GreenContext(device_id=1, sm_partition=SMPartition.from_device(0))",
		func() { cuda.NewGreenContext(cuda.DeviceId(1), cuda.SMPartitionFromDevice()) }},
	{"SMPartition.from_device(7)", func() { cuda.SMPartitionFromDevice(torch.CUDA(7)) }},
	{"SMPartition.from_device(0).split(num_sms=(4, 20))",
		func() { cuda.SMPartitionFromDevice().Split(cuda.SMGroup{NumSms: 4}, cuda.SMGroup{NumSms: 20}) }},
	{"SMPartition.from_device(0).split(num_sms=-4)", func() { cuda.SMPartitionFromDevice().Split(cuda.SMGroup{NumSms: -4}) }},
	{"SMPartition.from_device(0).split(preferred_coscheduled_sm_count=-4)",
		func() { cuda.SMPartitionFromDevice().Split(cuda.SMGroup{PreferredCoscheduledSmCount: -4}) }},
	{"SMPartition.from_device(0).split(num_sms=(0, 4), backfill=True)",
		func() {
			cuda.SMPartitionFromDevice().Split(cuda.SMGroup{Backfill: true}, cuda.SMGroup{NumSms: 4, Backfill: true})
		}},
	{"SMPartition.from_device(0).split(num_sms=4)[1].split()", func() {
		_, rest := cuda.SMPartitionFromDevice().Split(cuda.SMGroup{NumSms: 4})
		rest.Split()
	}},
	{"g = GreenContext(num_sms=4); g.set_context()\ntry: g.set_context()\nfinally: g.pop_context()", func() {
		g := cuda.NewGreenContext(cuda.NumSms(4))
		g.With(func() { g.With(func() {}) })
	}},
}

func TestGreenMisuse(t *testing.T) {
	testkit.NeedDevices(t, 1)
	code := greenPrelude
	for _, m := range greenMisuses {
		code += fmt.Sprintf("\tdef misuse():\n\t\texec(%q)\n\tfail(misuse)\n", m.python)
	}
	parity.Compare(t, code, func(log func(...any)) {
		for _, m := range greenMisuses {
			log(m.run)
		}
	})
	for _, misuse := range []func(){
		func() { (*cuda.GreenContext)(nil).Stream() }, func() { new(cuda.GreenContext).SmCount() },
		func() { (*cuda.GreenContext)(nil).With(func() {}) }, func() { (*cuda.GreenContext)(nil).DeviceId() },
		func() { (*cuda.SMPartition)(nil).Split() }, func() { new(cuda.SMPartition).SmCount() },
		func() { cuda.NewGreenContext((*cuda.SMPartition)(nil)) }, func() { cuda.NewGreenContext(cuda.NumSms(4)).With(nil) },
	} {
		assert.Equal(t, "TypeError", refusal(t, misuse).Kind)
	}
}

// With ends with its function, also if that panics, and contexts go with the garbage.
func TestGreenContextWith(t *testing.T) {
	d := device(t)
	cuda.WithDevice(d, func() {
		g := cuda.NewGreenContext(cuda.NumSms(4))
		side := cuda.NewStream()
		var x *torch.Tensor
		cuda.WithStream(side, func() {
			g.With(func() {
				assert.Equal(t, cuda.DefaultStream(), cuda.CurrentStream())
				x = torch.Ones([]int64{2}, d).Add(1)
			})
			assert.Equal(t, side, cuda.CurrentStream())
			assert.Panics(t, func() { g.With(func() { panic("!") }) })
			g.With(func() {})
		})
		assert.Equal(t, []float32{2, 2}, floats(x))
		g.Stream()
		g.Close()
		g.Close()
		assert.Equal(t, "TypeError", refusal(t, func() { g.Stream() }).Kind)
		stays := cuda.NewGreenContext(cuda.NumSms(4)).Stream()
		torch.CollectGarbage()
		cuda.WithStream(stays, func() { assert.Equal(t, []float32{1}, floats(torch.Ones([]int64{1}, d))) })
	})
	torch.CollectGarbage()
	assertDefaults(t)
}
