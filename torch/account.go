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

	// Of a device, under memory's lock.
	alive int64        // bytes, after the last collection
	info  deviceMemory // when it was last asked for
}

// accounts are as many as a description has room for.
var accounts [256]account

// devicesInUse counts the devices that have an account.
var devicesInUse atomic.Int32

func init() {
	accounts[hostAccount].handleLimit.Store(handleBudget)
	accounts[hostAccount].byteLimit.Store(byteBudget)
	accounts[hostAccount].allocatedLimit.Store(byteBudget)
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
	if a.handleLimit.Load() == 0 {
		devicesInUse.Add(1)
		a.ask(int(i)-1, true)
		a.setLimits(0, 0, 0)
	}
	if handles > a.handleLimit.Load() || bytes > a.byteLimit.Load() {
		return true
	}
	if !grown {
		return false
	}
	a.ask(int(i)-1, true)
	return a.info.allocated > a.allocatedLimit.Load()
}

// collected sets the limits of account i after a collection. memory is locked.
func (a *account) collected(i uint8) {
	handles, bytes := a.handles.Load(), a.bytes.Load()
	switch {
	case i == hostAccount:
		a.setLimits(handles, bytes, csrc.Allocated())
	case a.handleLimit.Load() != 0:
		a.ask(int(i)-1, false)
		a.alive = bytes
		a.setLimits(handles, bytes, a.info.allocated)
	}
}

func (a *account) setLimits(handles, bytes, allocated int64) {
	a.handleLimit.Store(handles + max(memory.factor*handleBudget, handles/4))
	a.byteLimit.Store(bytes + a.info.allowance(bytes))
	a.allocatedLimit.Store(allocated + a.info.allowance(allocated))
}

// A device's allowance, in shares of its memory.
const (
	usualShare = 16
	leastShare = 64
)

// allowance is how much garbage may come until the next collection, where this much
// is alive: the budget, or a quarter of what is alive. The budget of a device is a
// sixteenth of its memory. Where less is free, it is half of that, so that what can be
// had for use shrinks by no more than half, but never less than a 64th of all: with
// less, a device that is almost full would collect all the time.
func (m deviceMemory) allowance(alive int64) int64 {
	if m.total == 0 {
		return max(memory.factor*byteBudget, alive/4)
	}
	most := max(memory.factor*m.total/usualShare, alive/4)
	return max(min(most, m.room()/2), m.total/leastShare)
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
