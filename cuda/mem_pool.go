package cuda

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/accelerator"
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	newPool      = csrc.Entry("cuda::new_pool(int custom, bool use_on_oom, bool no_split) -> int")
	deletePool   = csrc.Entry("cuda::delete_pool(int pool) -> ()")
	poolNumber   = csrc.Entry("cuda::pool_number(int pool) -> (int first, int second)")
	poolUseCount = csrc.Entry("cuda::pool_use_count(int pool) -> int")
	poolDevice   = csrc.Entry("cuda::pool_device(int pool) -> int")
	poolBegin    = csrc.Entry("cuda::pool_begin(int device, int first, int second) -> ()")
	poolEnd      = csrc.Entry("cuda::pool_end(int device, int first, int second) -> ()")
)

// A MemPool is a part of a GPU's memory from which [UseMemPool] takes tensors, apart
// from the others: Python's torch.cuda.MemPool. When nothing refers to the pool any
// more, its memory goes back to the device, as far as no tensor lies in it.
type MemPool struct{ handle uint64 }

// A MemPoolOption is an option of [NewMemPool]: a *[PluggableAllocator], [UseOnOom],
// [NoSplit].
type MemPoolOption interface{ applyMemPool(*memPoolArguments) }

type memPoolArguments struct {
	allocator         *PluggableAllocator
	useOnOom, noSplit bool
}

// UseOnOom lets other tensors have a pool's free memory where the device has none left.
// Its default is false.
type UseOnOom bool

func (u UseOnOom) applyMemPool(a *memPoolArguments) { a.useOnOom = bool(u) }

// NoSplit has a pool give each tensor a piece of the device's memory of its own. Its
// default is false.
type NoSplit bool

func (n NoSplit) applyMemPool(a *memPoolArguments) { a.noSplit = bool(n) }

// NewMemPool returns a new pool of the current device's memory.
func NewMemPool(opts ...MemPoolOption) *MemPool {
	start()
	var a memPoolArguments
	for _, o := range opts {
		o.applyMemPool(&a)
	}
	var f entry.Frame
	f.Put(a.allocator.word())
	f.PutBool(a.useOnOom)
	f.PutBool(a.noSplit)
	f.Call(newPool)
	runtime.KeepAlive(a.allocator)
	p := &MemPool{f.Take()}
	runtime.AddCleanup(p, func(handle uint64) {
		csrc.RunLater(func() { destroy(deletePool, handle) })
	}, p.handle)
	return p
}

func (p *MemPool) ask(fn *csrc.Function) *entry.Frame {
	if p == nil || p.handle == 0 {
		panic(torch.NewError("TypeError", "a nil *cuda.MemPool, or an empty one, is no pool; make one with cuda.NewMemPool"))
	}
	f := new(entry.Frame)
	f.Put(p.handle)
	f.Call(fn)
	runtime.KeepAlive(p)
	return f
}

// Id returns the pool's number.
func (p *MemPool) Id() accelerator.PoolId {
	f := p.ask(poolNumber)
	return accelerator.PoolId{f.Take(), f.Take()}
}

// UseCount returns how many use the pool: the pool itself, calls of [UseMemPool], and
// graphs that were captured into it.
func (p *MemPool) UseCount() int { return int(p.ask(poolUseCount).TakeInt()) }

// Device returns the device whose memory it is.
func (p *MemPool) Device() torch.Device { return torch.CUDA(int(p.ask(poolDevice).TakeInt())) }

// Snapshot returns the segments that the pool has of the device's memory.
func (p *MemPool) Snapshot() []Segment { return MemorySnapshot(p.Id()) }

// UseMemPool runs fn while the tensors that this goroutine makes on a device, without
// one on the current device, lie in the pool: Python's
// "with torch.cuda.use_mem_pool(pool):". Backward passes work in other threads, and
// their gradients lie elsewhere. A graph that is being captured keeps the pool until it
// is reset. One pool cannot be used twice at the same time.
func UseMemPool(pool *MemPool, fn func(), device ...torch.Device) {
	entry.RequireFunc("fn", fn != nil)
	id, i := pool.Id(), index(device)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	callPool(poolBegin, i, id)
	defer callPool(poolEnd, i, id)
	fn()
	runtime.KeepAlive(pool)
}

func callPool(fn *csrc.Function, device int, id accelerator.PoolId) {
	var f entry.Frame
	f.PutInt(int64(device))
	f.Put(id[0])
	f.Put(id[1])
	f.Call(fn)
}
