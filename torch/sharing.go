package torch

import (
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/wangkuiyi/gotorch/csrc"
)

// Memory that Go and libtorch share, without a copy.
//
// libtorch keeps the address of a Go slice after the call, so the slice is
// pinned. Its last tensor may die on any thread, even in the middle of a call
// that must not run Go code. So libgotorch only notes the slice's number then,
// and Go unpins the slice when it next frees or collects tensors.

var (
	entryShareBuffer         = csrc.Entry("share_buffer(int token, int address, int count, ScalarType dtype) -> Tensor")
	entryTakeReturnedBuffers = csrc.Entry("take_returned_buffers() -> int[]")
	entryToDlpack            = csrc.Entry("to_dlpack(Tensor self) -> int")
	entryFromDlpack          = csrc.Entry("from_dlpack(int managed) -> Tensor")
)

// shared are the slices that tensors use.
var shared struct {
	sync.Mutex
	last    int64
	pinners map[int64]*runtime.Pinner
	count   atomic.Int64
}

// Frombuffer makes a tensor of one dimension over the memory of a slice, without
// a copy, Python's torch.frombuffer: what is written to one is seen in the
// other. The slice's memory is kept as long as a tensor uses it. Go code must not
// write to it while libtorch reads, or read while it writes, as with two
// goroutines and one slice.
//
// Options: a [DType] to take the bytes for (the one of T); [Count], the number of
// elements; [Offset], in bytes, of the first; [RequiresGrad]. [FromSlice] copies.
func Frombuffer[T Number](buffer []T, opts ...FrombufferOption) *Tensor {
	b := bufferArguments{dtype: dtypeOf[T](), count: -1}
	for _, o := range opts {
		switch o := o.(type) {
		case DType:
			b.dtype = o
		case CountArg:
			b.count = int64(o)
		case OffsetArg:
			b.offset = int64(o)
		case RequiresGradArg:
			b.requiresGrad = some(bool(o))
		}
	}
	return b.share(asBytes(buffer))
}

type bufferArguments struct {
	dtype         DType
	count, offset int64
	requiresGrad  optional[bool]
}

func (b *bufferArguments) share(memory []byte) *Tensor {
	b.check(int64(len(memory)))
	unpinReturned()
	token := pin(unsafe.SliceData(memory))
	var f frame
	f.PutInt(token)
	f.PutInt(int64(uintptr(unsafe.Pointer(&memory[b.offset]))))
	f.PutInt(b.count)
	f.putDType(b.dtype, "dtype")
	f.call(entryShareBuffer)
	return withRequiresGrad(f.takeTensor(), b.requiresGrad)
}

// check refuses what tensor_frombuffer in torch/csrc/utils/tensor_new.cpp does,
// and works out how many elements there are.
func (b *bufferArguments) check(length int64) {
	size := int64(b.dtype.Itemsize())
	rest := length - b.offset
	switch {
	case length == 0 || b.count == 0:
		refuse(valueErrorKind, "both buffer length (%d) and count (%d) must not be 0", length, b.count)
	case b.offset < 0 || b.offset >= length:
		refuse(valueErrorKind, "offset (%d bytes) must be non-negative and no greater than buffer length (%d bytes) minus 1",
			b.offset, length)
	case b.count < 0 && rest%size != 0:
		refuse(valueErrorKind, "buffer length (%d bytes) after offset (%d bytes) must be a multiple of element size (%d)",
			rest, b.offset, size)
	case b.count < 0:
		b.count = rest / size
	case b.count > rest/size:
		refuse(valueErrorKind, "requested buffer length (%d * %d bytes) after offset (%d bytes) must not be greater than actual buffer "+
			"length (%d bytes)", b.count, size, b.offset, length)
	}
}

// pin pins memory, and returns the number under which it is known.
func pin(memory *byte) int64 {
	pinner := new(runtime.Pinner)
	pinner.Pin(memory)
	shared.Lock()
	defer shared.Unlock()
	if shared.pinners == nil {
		shared.pinners = map[int64]*runtime.Pinner{}
	}
	shared.last++
	shared.pinners[shared.last] = pinner
	shared.count.Add(1)
	return shared.last
}

// unpinReturned unpins the slices that no tensor uses any more.
func unpinReturned() {
	if shared.count.Load() == 0 {
		return
	}
	var f frame
	f.call(entryTakeReturnedBuffers)
	tokens := f.TakeInts()
	shared.Lock()
	defer shared.Unlock()
	for _, token := range tokens {
		shared.pinners[token].Unpin()
		delete(shared.pinners, token)
		shared.count.Add(-1)
	}
}

// Borrow calls use with the elements of t, which lie in the CPU's memory and are
// contiguous, in the tensor's own memory: Python's t.numpy(), without a copy.
// What use writes there changes the tensor. The slice must not be used after use
// has returned. T must be the Go type of t's dtype. [Data] copies.
func Borrow[T Number](t *Tensor, use func(elements []T)) {
	checkElementType[T](t)
	switch {
	case !t.IsCpu():
		refuse(typeErrorKind, "can't borrow the elements of a tensor on device %s. Use Tensor.Cpu to copy it to host memory first.",
			t.Device())
	case t.Layout() != Strided:
		refuse(typeErrorKind, "can't borrow the elements of a tensor of layout %s. Use Tensor.ToDense to convert it first.", t.Layout())
	case t.RequiresGrad():
		refuse(runtimeErrorKind, "Can't borrow the elements of a tensor that requires grad. Use those of Tensor.Detach instead.")
	case t.IsConj() || t.IsNeg():
		refuse(runtimeErrorKind, "Can't borrow the elements of a tensor that has the conjugate or the negative bit set. "+
			"Use Tensor.ResolveConj or Tensor.ResolveNeg first.")
	case !t.IsContiguous():
		refuse(runtimeErrorKind, "Can't borrow the elements of a tensor that is not contiguous. Use those of Tensor.Contiguous instead.")
	}
	defer runtime.KeepAlive(t)
	address := t.DataPtr()
	use(unsafe.Slice(*(**T)(unsafe.Pointer(&address)), t.Numel()))
}

// AsTensor returns data itself if it is a *[Tensor] of the dtype and device asked
// for, a converted tensor if it is another, and otherwise what [NewTensor] makes
// of it: Python's torch.as_tensor. Options: a [DType], a [Device].
func AsTensor(data any, opts ...AsTensorOption) *Tensor {
	var c creation
	for _, o := range opts {
		o.(CreationOption).applyCreation(&c)
	}
	c.device = c.device.orDefault()
	if t, ok := data.(*Tensor); ok {
		return t.To(c.dtype, c.device)
	}
	return newTensor(data, &c)
}

// Asarray makes a tensor of data, Python's torch.asarray. data is a *[Tensor],
// which it returns converted or as it is, detached unless [RequiresGrad] is on; or
// Go data as [NewTensor] takes it, which it copies, unless [Copy] is off: then the
// tensor shares the memory of a flat slice.
//
// Options: a [DType], a [Device]; [Copy]: true copies always, and false panics
// where a copy would be needed; [RequiresGrad].
func Asarray(data any, opts ...AsarrayOption) *Tensor {
	var c creation
	var copies optional[bool]
	for _, o := range opts {
		if o, ok := o.(CopyArg); ok {
			copies = some(bool(o))
			continue
		}
		o.(CreationOption).applyCreation(&c)
	}
	c.device = c.device.orDefault()
	t, isTensor := data.(*Tensor)
	never := copies.set && !copies.value
	switch {
	case isTensor:
	case never:
		t = aliasSlice(data)
	default:
		return newTensor(data, &c)
	}
	if never {
		checkAlias(t, c.dtype, c.device)
	}
	result := t.To(c.dtype, c.device, Copy(copies.value))
	switch {
	case c.requiresGrad && !result.RequiresGrad():
		return result.RequiresGrad_()
	case !c.requiresGrad && result.RequiresGrad():
		return opDetach(result)
	}
	return result
}

// aliasSlice makes a tensor over a flat slice of numbers.
func aliasSlice(data any) *Tensor {
	v := reflect.ValueOf(data)
	if v.Kind() != reflect.Slice || !isNumbers(data) || v.Type().Elem().Kind() == reflect.Interface {
		refuse(valueErrorKind, "can't alias arbitrary sequence into a tensor.")
	}
	b := bufferArguments{dtype: elementDType(v.Type()), count: -1}
	return b.share(memoryOf(v))
}

func checkAlias(t *Tensor, dtype DType, device Device) {
	if device.kind != 0 && device != t.Device() {
		refuse(valueErrorKind, "can't alias tensor from device '%s' to '%s'.", t.Device(), device)
	}
	if dtype != 0 && dtype != t.DType() {
		refuse(valueErrorKind, "can't alias tensor with dtype '%s' into dtype '%s'.", t.DType().scalarTypeName(), dtype.scalarTypeName())
	}
}

// ToDlpack hands the tensor to another library: it returns the address of a
// DLManagedTensor, whose deleter that library calls when it is done. Python's
// torch.to_dlpack.
func ToDlpack(t *Tensor) unsafe.Pointer {
	var f frame
	t.ask(&f, entryToDlpack)
	address := f.Take()
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

// FromDlpack makes a tensor over another library's, given the address of its
// DLManagedTensor, which it takes over. Python's torch.from_dlpack.
func FromDlpack(managed unsafe.Pointer) *Tensor {
	if managed == nil {
		refuseArgument("argument 'managed' must be the address of a DLManagedTensor, not nil")
	}
	var f frame
	f.Put(uint64(uintptr(managed)))
	f.call(entryFromDlpack)
	return f.takeTensor()
}
