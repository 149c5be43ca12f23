package torch

import (
	"sync/atomic"

	"github.com/wangkuiyi/gotorch/csrc"
)

// Accounts
//
// The memory of the host and that of each device run out apart, and differ in size:
// 64 MB of garbage is nothing to a device of 80 GB. So each has an account of what
// Go's handles hold there, with limits of its own.
//
// What only graphs hold counts, too. For the host, libgotorch counts what libtorch's
// allocator gives out. The allocator of a CUDA device does that itself, but asking it
// takes its lock. It need not be asked while it has memory left for reuse: it tells
// when it gets more from CUDA, and only then is the number looked at.

// hostAccount is the account of the host's memory. That of a device is 1 + its index.
const hostAccount = 0

type account struct {
	handles atomic.Int64 // live
	bytes   atomic.Int64 // of storage that they hold

	// A collection runs when handles, bytes, or what the allocator has given out, pass
	// these. Those of a device are 0 until it is used.
	handleLimit    atomic.Int64
	byteLimit      atomic.Int64
	allocatedLimit atomic.Int64

	// Under memory's lock.
	alive counts       // what the last collection left
	info  deviceMemory // of a device, when it was last asked for
}

// counts are what an account's limits are for.
type counts struct{ handles, bytes, allocated int64 }

// accounts are as many as a description has room for.
var accounts [256]account

// devicesInUse counts the devices that have an account.
var devicesInUse atomic.Int32

func init() {
	memory.factor = 1
	accounts[hostAccount].setLimits()
}

// A charge is what a handle counts for: bytes, in an account. The account is in the
// lowest 8 bits.
type charge uint64

func (c charge) account() uint8 { return uint8(c) }
func (c charge) bytes() int64   { return int64(c >> 8) }

// overLimit reports whether it is time to have a look at account i, which holds this.
func overLimit(i uint8, handles, bytes int64) bool {
	a := &accounts[i]
	if bytes > a.byteLimit.Load() || handles > a.handleLimit.Load() {
		return true
	}
	if i == hostAccount {
		return csrc.Allocated() > a.allocatedLimit.Load()
	}
	return csrc.Grown(int(i) - 1)
}

// isOver reports whether account i calls for a collection. memory is locked.
func (a *account) isOver(i uint8) bool {
	handles, bytes := a.handles.Load(), a.bytes.Load()
	if i == hostAccount {
		return overLimit(i, handles, bytes)
	}
	grown := csrc.TakeGrown(int(i) - 1)
	opened := a.handleLimit.Load() == 0
	if opened {
		devicesInUse.Add(1)
	}
	if opened || grown {
		a.ask(int(i)-1, true)
		a.setLimits() // others may have taken memory, too
	}
	return handles > a.handleLimit.Load() || bytes > a.byteLimit.Load() ||
		grown && a.info.allocated > a.allocatedLimit.Load()
}

// collected sets the limits of account i after a collection. memory is locked.
func (a *account) collected(i uint8) {
	if a.handleLimit.Load() == 0 {
		return // not in use
	}
	a.alive = counts{a.handles.Load(), a.bytes.Load(), csrc.Allocated()}
	if i != hostAccount {
		a.ask(int(i)-1, false)
		a.alive.allocated = a.info.allocated
	}
	a.setLimits()
}

func (a *account) setLimits() {
	alive := a.alive
	a.handleLimit.Store(alive.handles + max(memory.factor*handleBudget, alive.handles/4))
	a.byteLimit.Store(alive.bytes + a.allowance(alive.bytes))
	a.allocatedLimit.Store(alive.allocated + a.allowance(alive.allocated))
}

// A device's allowance, in shares of its memory.
const (
	usualShare = 16
	leastShare = 64
)

// allowance is how much garbage may come until the next collection, where this much
// is alive: the budget, or a quarter of what is alive. The budget of a device is a
// sixteenth of its memory. It may take half of what is not alive, so that what can be
// had for use shrinks by no more than half; but never less than a 64th of all: with
// less, a device that is almost full would collect all the time.
func (a *account) allowance(alive int64) int64 {
	m := a.info
	if m.total == 0 {
		return max(memory.factor*byteBudget, alive/4)
	}
	most := max(memory.factor*m.total/usualShare, alive/4)
	return max(min(most, (m.reserved+m.free-a.alive.allocated)/2), m.total/leastShare)
}

// A tally gathers what handles counted for that go together.
type tally struct {
	account        uint8
	handles, bytes int64
}

func (t *tally) add(c charge) {
	if c.account() != t.account {
		t.settle()
		t.account = c.account()
	}
	t.handles++
	t.bytes += c.bytes()
}

// settle takes them off their account.
func (t *tally) settle() {
	a := &accounts[t.account]
	a.handles.Add(-t.handles)
	a.bytes.Add(-t.bytes)
	t.handles, t.bytes = 0, 0
}
