package cuda

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	openLibrary     = csrc.Entry("cuda::open_library(str path) -> int")
	librarySymbol   = csrc.Entry("cuda::library_symbol(int library, str name) -> int")
	newAllocator    = csrc.Entry("cuda::new_allocator(int alloc, int free) -> int")
	deleteAllocator = csrc.Entry("cuda::delete_allocator(int custom) -> ()")
	changeAllocator = csrc.Entry("cuda::change_allocator(int custom) -> ()")
)

// A PluggableAllocator takes memory of GPUs by functions of a shared library: Python's
// torch.cuda.memory.CUDAPluggableAllocator. It is for [NewMemPool], of which it is an
// option, and [ChangeCurrentAllocator].
type PluggableAllocator struct{ handle uint64 }

// NewPluggableAllocator opens a shared library and returns the allocator that its two
// functions make, in C:
//
//	void *alloc(size_t size, int device, cudaStream_t stream);
//	void free(void *memory, size_t size, int device, cudaStream_t stream);
//
// The library stays open. The error is a *[torch.Error] of the kind that Python raises:
// OSError for a library that cannot be opened, AttributeError for a function that it lacks.
func NewPluggableAllocator(path, alloc, free string) (*PluggableAllocator, error) {
	var a *PluggableAllocator
	err := torch.Try(func() {
		start()
		library := open(path)
		var f entry.Frame
		f.Put(symbolIn(library, alloc))
		f.Put(symbolIn(library, free))
		f.Call(newAllocator)
		a = &PluggableAllocator{f.Take()}
		runtime.AddCleanup(a, func(handle uint64) {
			csrc.RunLater(func() { destroy(deleteAllocator, handle) })
		}, a.handle)
	})
	return a, err
}

func open(path string) (library uint64) {
	failAs("OSError", func() {
		var f entry.Frame
		f.PutString(path)
		f.Call(openLibrary)
		library = f.Take()
	})
	return library
}

func symbolIn(library uint64, name string) (address uint64) {
	failAs("AttributeError", func() {
		var f entry.Frame
		f.Put(library)
		f.PutString(name)
		f.Call(librarySymbol)
		address = f.Take()
	})
	return address
}

// failAs runs fn, whose error has this kind in Python, where Python's code finds it.
func failAs(kind string, fn func()) {
	if err := torch.Try(fn); err != nil {
		e := *err.(*torch.Error)
		e.Kind = kind
		panic(&e)
	}
}

func (p *PluggableAllocator) applyMemPool(a *memPoolArguments) { a.allocator = p }

// word is what stands for the allocator in a frame; 0 is libtorch's own.
func (p *PluggableAllocator) word() uint64 {
	if p == nil {
		return 0
	}
	return p.handle
}

// ChangeCurrentAllocator has all of a GPU's memory come from this allocator, instead of
// libtorch's. It must come before memory of a GPU is used; later it panics with
// PyTorch's words. Tensors that the garbage collector finds are freed while other calls
// run; so an allocator whose free function calls CUDA spoils captures of graphs that
// run at the time.
func ChangeCurrentAllocator(a *PluggableAllocator) {
	if a.word() == 0 {
		panic(torch.NewError("TypeError", "an empty cuda.PluggableAllocator{} is no allocator; make one with cuda.NewPluggableAllocator"))
	}
	var f entry.Frame
	f.Put(a.handle)
	f.Call(changeAllocator)
	runtime.KeepAlive(a)
}
