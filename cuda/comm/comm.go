/*
Package comm moves tensors between the GPUs of one process: Python's torch.cuda.comm.

	copies := comm.Broadcast(x, []torch.Device{torch.CUDA(0), torch.CUDA(1)})
	sum := comm.ReduceAdd(gradients, torch.CUDA(0))

Where tensors are dense, contiguous and each on a GPU of its own, libtorch does it by NCCL.
Complex tensors go as real ones, as in Python: their last dimension is then of size 2.
*/
package comm

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	broadcast          = csrc.Entry("cuda::broadcast(Tensor t, int[] devices) -> Tensor[]")
	broadcastOut       = csrc.Entry("cuda::broadcast_out(Tensor t, Tensor[] out) -> ()")
	broadcastCoalesced = csrc.Entry("cuda::broadcast_coalesced(Tensor[] tensors, int[] devices, int buffer_size) -> Tensor[]")
	scatter            = csrc.Entry("cuda::scatter(Tensor t, int[] devices, int[]? sizes, int dim, int[] streams) -> Tensor[]")
	scatterOut         = csrc.Entry("cuda::scatter_out(Tensor t, Tensor[] out, int dim, int[] streams) -> ()")
	gather             = csrc.Entry("cuda::gather(Tensor[] tensors, int dim, int destination) -> Tensor[]")
	gatherOut          = csrc.Entry("cuda::gather_out(Tensor[] tensors, Tensor(a!) out, int dim) -> ()")
)

// BufferSize is an option of [BroadcastCoalesced] and [ReduceAddCoalesced]: up to how many
// bytes go at once. Its default is 10485760.
type BufferSize int64

func bufferSize(given []BufferSize) int64 {
	if len(given) > 0 {
		return int64(given[0])
	}
	return 10485760
}

// Broadcast returns a copy of a tensor, which may be on the CPU, for each of the devices.
// Where the tensor is on one of them, it is its own copy. Python's
// torch.cuda.comm.broadcast.
func Broadcast(t *torch.Tensor, devices []torch.Device) []*torch.Tensor {
	t = realOf(t)
	var f entry.Frame
	t.PutInto(&f, "tensor")
	f.PutInts(indices(devices))
	return takeTensors(&f, broadcast, t)
}

// BroadcastOut copies a tensor into those of out, which are on GPUs, and returns these.
// Python's broadcast with out.
func BroadcastOut(t *torch.Tensor, out []*torch.Tensor) []*torch.Tensor {
	t = realOf(t)
	var f entry.Frame
	t.PutInto(&f, "tensor")
	putTensors(&f, out, "out")
	call(&f, broadcastOut, t, out)
	return out
}

// BroadcastCoalesced returns copies of several tensors for each of the devices, on the first
// of which the tensors are. Small ones go together. The first list are the tensors
// themselves. Python's torch.cuda.comm.broadcast_coalesced.
func BroadcastCoalesced(tensors []*torch.Tensor, devices []torch.Device, size ...BufferSize) [][]*torch.Tensor {
	tensors = realOfAll(tensors)
	var f entry.Frame
	putTensors(&f, tensors, "tensors")
	f.PutInts(indices(devices))
	f.PutInt(bufferSize(size))
	all := takeTensors(&f, broadcastCoalesced, tensors)
	lists := make([][]*torch.Tensor, len(devices))
	for i := range lists {
		lists[i] = all[i*len(tensors) : (i+1)*len(tensors)]
	}
	return lists
}

// A ScatterOption is an option of [Scatter] and [ScatterOut]: [ChunkSizes], [Dim],
// [Streams].
type ScatterOption interface{ scatter(*scatterOptions) }

type scatterOptions struct {
	sizes   []int64
	dim     int64
	streams []torch.AnyStream
}

// ChunkSizes is how much of the dimension each device gets. By default all get the same.
type ChunkSizes []int64

// Dim is the dimension along which a tensor is divided or put together. Its default is 0.
type Dim int64

// Streams are those in which the devices get their parts; nil stands for the current one.
type Streams []torch.AnyStream

func (s ChunkSizes) scatter(o *scatterOptions) { o.sizes = append([]int64{}, s...) }
func (d Dim) scatter(o *scatterOptions)        { o.dim = int64(d) }
func (s Streams) scatter(o *scatterOptions)    { o.streams = s }

func scatterOptionsOf(opts []ScatterOption) scatterOptions {
	var o scatterOptions
	for _, opt := range opts {
		if opt != nil {
			opt.scatter(&o)
		}
	}
	return o
}

// Scatter divides a tensor, which may be on the CPU, among devices. Python's
// torch.cuda.comm.scatter.
func Scatter(t *torch.Tensor, devices []torch.Device, opts ...ScatterOption) []*torch.Tensor {
	t = realOf(t)
	o := scatterOptionsOf(opts)
	var f entry.Frame
	t.PutInto(&f, "tensor")
	f.PutInts(indices(devices))
	f.PutBool(o.sizes != nil)
	if o.sizes != nil {
		f.PutInts(o.sizes)
	}
	f.PutInt(o.dim)
	f.PutInts(o.streamWords())
	return takeTensors(&f, scatter, t)
}

// ScatterOut divides a tensor among those of out, which are on GPUs, and returns these.
// Python's scatter with out.
func ScatterOut(t *torch.Tensor, out []*torch.Tensor, opts ...ScatterOption) []*torch.Tensor {
	t = realOf(t)
	o := scatterOptionsOf(opts)
	if o.sizes != nil {
		panic(torch.NewError("RuntimeError", "'chunk_sizes' must not be specified when 'out' is specified, but got chunk_sizes=%v", o.sizes))
	}
	var f entry.Frame
	t.PutInto(&f, "tensor")
	putTensors(&f, out, "out")
	f.PutInt(o.dim)
	f.PutInts(o.streamWords())
	call(&f, scatterOut, t, out)
	return out
}

// streamWords are three numbers for each stream: whether there is one, its number and its
// device.
func (o *scatterOptions) streamWords() []int64 {
	var words []int64
	for _, s := range o.streams {
		if s == nil {
			words = append(words, 0, 0, 0)
			continue
		}
		stream := s.AsStream()
		words = append(words, 1, stream.StreamId(), indexOf(stream.Device()))
	}
	return words
}

// Gather puts tensors on GPUs together along a dimension, on the destination: a GPU or
// torch.CPU; the zero Device is the current GPU. Python's torch.cuda.comm.gather.
func Gather(tensors []*torch.Tensor, destination torch.Device, dim ...Dim) *torch.Tensor {
	tensors = realOfAll(tensors)
	index := int64(-1)
	if destination != torch.CPU {
		index = int64(orCurrent(destination))
	}
	var f entry.Frame
	putTensors(&f, tensors, "tensors")
	f.PutInt(dimOf(dim))
	f.PutInt(index)
	return takeTensors(&f, gather, tensors)[0]
}

// GatherOut puts tensors on GPUs together along a dimension, in out, which it returns.
// Python's gather with out.
func GatherOut(tensors []*torch.Tensor, out *torch.Tensor, dim ...Dim) *torch.Tensor {
	tensors = realOfAll(tensors)
	var f entry.Frame
	putTensors(&f, tensors, "tensors")
	out.PutInto(&f, "out")
	f.PutInt(dimOf(dim))
	call(&f, gatherOut, tensors, out)
	return out
}

func dimOf(given []Dim) int64 {
	if len(given) > 0 {
		return int64(given[0])
	}
	return 0
}

// indexOf returns the index of a device, which must have one.
func indexOf(d torch.Device) int64 {
	if d == torch.CPU {
		panic(torch.NewError("ValueError", "Expected a non cpu device, but got: %s", d))
	}
	if d == (torch.Device{}) || d.Index() < 0 {
		text := "None"
		if d != (torch.Device{}) {
			text = d.String()
		}
		panic(torch.NewError("ValueError", "Expected a torch.device with a specified index or an integer, but got:%s", text))
	}
	return int64(d.Index())
}

func indices(devices []torch.Device) []int64 {
	all := make([]int64, len(devices))
	for i, d := range devices {
		all[i] = indexOf(d)
	}
	return all
}

// orCurrent returns the index of a device; the current GPU's where it has none.
func orCurrent(d torch.Device) int {
	if d == (torch.Device{}) || d != torch.CPU && d.Index() < 0 {
		return cuda.CurrentDevice()
	}
	return int(indexOf(d))
}

// realOf returns a complex tensor as a real one.
func realOf(t *torch.Tensor) *torch.Tensor {
	if t != nil && t.IsComplex() {
		return torch.ViewAsReal(t)
	}
	return t
}

func realOfAll(tensors []*torch.Tensor) []*torch.Tensor {
	all := make([]*torch.Tensor, len(tensors))
	for i, t := range tensors {
		all[i] = realOf(t)
	}
	return all
}

func putTensors(f *entry.Frame, tensors []*torch.Tensor, name string) {
	f.PutInt(int64(len(tensors)))
	for _, t := range tensors {
		t.PutInto(f, name)
	}
}

// call calls fn, whose arguments live until it is done.
func call(f *entry.Frame, fn *csrc.Function, arguments ...any) {
	entry.Torch.RequireCUDA()
	f.Call(fn)
	runtime.KeepAlive(arguments)
}

func takeTensors(f *entry.Frame, fn *csrc.Function, arguments ...any) []*torch.Tensor {
	call(f, fn, arguments...)
	return torch.TakeTensors(f)
}
