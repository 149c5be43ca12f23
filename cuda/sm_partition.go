package cuda

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	smResource      = csrc.Entry("cuda::sm_resource(int device) -> str")
	smCounts        = csrc.Entry("cuda::sm_counts(str resource) -> (int, int)")
	splitSMResource = csrc.Entry("cuda::split_sm_resource(str resource, int[] groups) -> str")
)

// An SMPartition is some of a GPU's multiprocessors (SMs), of which a [GreenContext] can
// be made: Python's torch.cuda.green_contexts.SMPartition. It says which they are, and
// does not reserve them: two contexts of one partition share them.
type SMPartition struct {
	resource string
	device   int
	owner    any // the context or partition that it is a part of
}

// SMPartitionFromDevice returns all SMs of a device. Python's SMPartition.from_device.
func SMPartitionFromDevice(device ...torch.Device) *SMPartition {
	start()
	needDriver(12080, "Green Context requires CUDA driver and cuda.bindings 12.8+")
	d := index(device)
	return &SMPartition{resource: textOf(smResource, d), device: d}
}

// given refuses what SMPartitionFromDevice and the like have not made.
func (p *SMPartition) given() *SMPartition {
	if p == nil || p.resource == "" {
		panic(torch.NewError("TypeError", "sm_partition must be an SMPartition"))
	}
	return p
}

func (p *SMPartition) bytes() string {
	if p == nil {
		return ""
	}
	return p.resource
}

// DeviceId returns the index of the SMs' device.
func (p *SMPartition) DeviceId() int { return p.given().device }

// SmCount returns how many SMs these are.
func (p *SMPartition) SmCount() int {
	count, _ := p.counts()
	return count
}

// CoscheduledSmCount returns how many of the SMs are scheduled together.
func (p *SMPartition) CoscheduledSmCount() int {
	_, together := p.counts()
	return together
}

func (p *SMPartition) counts() (count, together int) {
	var f entry.Frame
	f.PutString(p.given().resource)
	f.Call(smCounts)
	return int(f.TakeInt()), int(f.TakeInt())
}

// An SMGroup says what one part of [SMPartition.Split] is.
type SMGroup struct {
	// NumSms is how many SMs it has; 0 is as many as there are.
	NumSms int
	// CoscheduledSmCount is how many of them are to be scheduled together; 0 leaves that
	// to CUDA.
	CoscheduledSmCount int
	// PreferredCoscheduledSmCount is a larger such number, for where it is possible.
	PreferredCoscheduledSmCount int
	// Backfill lets CUDA fill the part up with SMs that do not obey the two.
	Backfill bool
}

// Split divides SMs into parts, in the order of the groups, and what is left, which is
// nil where nothing is. Without a group there is one, of the zero SMGroup. Python's
// SMPartition.split, where each number of a group is an argument of its own.
//
// CUDA does not split a part once more before a [GreenContext] has it: see
// [GreenContext.SmPartition]. It needs a driver for CUDA 13.1 or newer.
func (p *SMPartition) Split(groups ...SMGroup) (parts []*SMPartition, rest *SMPartition) {
	p.given()
	needDriver(13010, "SM splitting requires CUDA driver and cuda.bindings 13.1+")
	if len(groups) == 0 {
		groups = []SMGroup{{}}
	}
	var f entry.Frame
	f.PutString(p.resource)
	f.PutInts(wordsOf(groups))
	f.Call(splitSMResource)
	all := f.TakeString()
	runtime.KeepAlive(p)
	size := len(all) / (len(groups) + 1)
	for ; len(all) >= size && size > 0; all = all[size:] {
		parts = append(parts, &SMPartition{resource: all[:size], device: p.device, owner: p})
	}
	parts, rest = parts[:len(groups)], parts[len(groups)]
	if rest.SmCount() == 0 {
		rest = nil
	}
	return parts, rest
}

// wordsOf checks groups and returns their numbers.
func wordsOf(groups []SMGroup) []int64 {
	var words []int64
	for i, g := range groups {
		for _, n := range []struct {
			name  string
			value int
		}{
			{"num_sms", g.NumSms}, {"coscheduled_sm_count", g.CoscheduledSmCount},
			{"preferred_coscheduled_sm_count", g.PreferredCoscheduledSmCount},
		} {
			if n.value < 0 {
				panic(torch.NewError("ValueError", "%s entries must be nonnegative integers, got %d", n.name, n.value))
			}
			words = append(words, int64(n.value))
		}
		if g.NumSms == 0 && g.Backfill && i < len(groups)-1 {
			panic(torch.NewError("ValueError", "Split group %d has num_sms=0 and backfill=True, which consumes all remaining SMs. "+
				"Only the last group may use this combination; move it last or specify a positive num_sms.", i))
		}
		backfill := int64(0)
		if g.Backfill {
			backfill = 1
		}
		words = append(words, backfill)
	}
	return words
}

// SplitGreenContext makes a context of each part of a device's SMs, see
// [SMPartition.Split]; what is left is not used. Workqueues, and the device, are as in
// [NewGreenContext]. Python's GreenContext.split.
func SplitGreenContext(groups []SMGroup, opts ...GreenContextOption) []*GreenContext {
	var a greenArguments
	for _, o := range opts {
		if o != nil {
			o.setGreen(&a)
		}
	}
	var device []torch.Device
	if a.device != nil {
		device = append(device, torch.CUDA(int(*a.device)))
	}
	parts, _ := SMPartitionFromDevice(device...).Split(groups...)
	contexts := make([]*GreenContext, len(parts))
	for i, p := range parts {
		contexts[i] = NewGreenContext(append(opts[:len(opts):len(opts)], p)...)
	}
	return contexts
}
