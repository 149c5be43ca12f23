package torch

import (
	"runtime"
	"sync"

	"github.com/wangkuiyi/gotorch/csrc"
)

// Slabs
//
// A cleanup for each tensor costs more than a small operator does. Small
// tensors therefore lie in slabs that have one cleanup for all, and are freed
// together. What a slab keeps alive for the sake of one of its tensors is
// little: slabTensors is small, and so is slabTensorBytes.
const (
	slabTensors     = 8
	slabTensorBytes = 512
)

type slab struct {
	tensors [slabTensors]Tensor
	used    int
	record  *slabRecord
}

// slabRecord outlives its slab, to be released.
type slabRecord struct {
	handles [slabTensors]uint64 // 0: closed
	charges [slabTensors]charge
}

var slabs sync.Pool // of those with room left

func adoptInSlab(handle uint64, c charge) *Tensor {
	s, _ := slabs.Get().(*slab)
	if s == nil {
		s = &slab{record: new(slabRecord)}
		runtime.AddCleanup(s, releaseSlab, s.record)
	}
	i := s.used
	s.used++
	s.record.handles[i], s.record.charges[i] = handle, c
	t := &s.tensors[i]
	t.handle, t.charge, t.slab, t.slot = handle, c, s.record, int32(i)
	if s.used < slabTensors {
		slabs.Put(s)
	}
	return t
}

// outOfSlab returns a new Tensor for t, whose place it takes, that is freed for
// itself. A tensor that gets a graph or hooks is not small any more: they may
// refer to others of its slab, and then none of them would be freed.
func (t *Tensor) outOfSlab() *Tensor {
	if t.slab == nil {
		return t
	}
	t.slab.handles[t.slot] = 0
	own := &Tensor{handle: t.handle, charge: t.charge}
	own.leaveToCollector()
	*t = Tensor{state: closed}
	return own
}

func releaseSlab(r *slabRecord) {
	var gone tally
	handles := make([]uint64, 0, slabTensors)
	for i, h := range r.handles {
		if h != 0 {
			handles = append(handles, h)
			gone.add(r.charges[i])
		}
	}
	gone.settle()
	forgetStacks(handles...)
	csrc.ReleaseLater(handles...)
}
