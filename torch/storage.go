package torch

import (
	"fmt"
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
)

var (
	entryStorageBytes     = csrc.Entry("storage_bytes(Tensor self) -> Tensor")
	entryStorageResizable = csrc.Entry("storage_resizable(Tensor bytes) -> bool")
	entryStorageResize    = csrc.Entry("storage_resize(Tensor bytes, int size) -> ()")
)

// A Storage is the memory that a tensor's elements lie in, which several
// tensors may share: Python's torch.UntypedStorage.
type Storage struct {
	bytes *Tensor // of all bytes, on the storage
}

// UntypedStorage returns the memory that t's elements lie in, Python's
// t.untyped_storage().
func (t *Tensor) UntypedStorage() *Storage { return &Storage{t.storageBytes()} }

func (t *Tensor) storageBytes() *Tensor {
	var f frame
	t.ask(&f, entryStorageBytes)
	return f.takeTensor()
}

// DataPtr returns the address of the memory, which is valid as long as the
// storage is.
func (s *Storage) DataPtr() uintptr { return s.bytes.DataPtr() }

// Nbytes returns the number of bytes.
func (s *Storage) Nbytes() int64 {
	var now *Tensor // s.bytes has the size that the storage had when it was made
	defer func() { now.Close() }()
	now = s.bytes.storageBytes()
	return now.Numel()
}

// Device returns the device that has the memory.
func (s *Storage) Device() Device { return s.bytes.Device() }

// Resizable reports whether [Storage.Resize_] works: memory that is shared with
// others cannot be resized.
func (s *Storage) Resizable() bool { return s.bytes.askBool(entryStorageResizable) }

// Resize_ changes the number of bytes, and returns s. Tensors that are on the
// storage must not reach beyond it.
func (s *Storage) Resize_(nbytes int64) *Storage {
	if nbytes < 0 {
		refuse(runtimeErrorKind, "Trying to resize storage to a negative size: %d", nbytes)
	}
	var f frame
	f.putTensor(s.bytes, "self")
	f.PutInt(nbytes)
	f.call(entryStorageResize)
	s.bytes = s.bytes.replace(s.bytes.storageBytes())
	return s
}

// Fill_ sets all bytes, and returns s.
func (s *Storage) Fill_(value byte) *Storage {
	opFill_Scalar(s.bytes, intScalar(int64(value)))
	return s
}

// Copy_ copies the bytes of another storage of the same size, and returns s.
func (s *Storage) Copy_(source *Storage) *Storage {
	opCopy_(s.bytes, source.bytes, false)
	return s
}

// Clone returns a copy.
func (s *Storage) Clone() *Storage { return &Storage{opClone(s.bytes, 0)} }

// Bytes copies the bytes into a new slice.
func (s *Storage) Bytes() []byte { return Data[byte](s.bytes) }

// String describes the storage.
func (s *Storage) String() string {
	return fmt.Sprintf("torch.UntypedStorage(device=%s) of size %d", s.Device(), s.Nbytes())
}

// Set_ has t use the memory of another tensor, and its shape and strides unless
// the options say others; or that of a *[Storage], from the beginning to the
// end as one dimension unless the options say otherwise; or, for nil, none. It
// returns t. Python's t.set_.
//
// Options: [StorageOffset], in elements; [WithSize]; [Stride], which is that
// of a contiguous tensor of this size unless given.
func (t *Tensor) Set_(source any, opts ...SetInplaceOption) *Tensor {
	var offset int64
	var size, stride []int64
	for _, o := range opts {
		switch o := o.(type) {
		case StorageOffsetArg:
			offset = int64(o)
		case SizeArg:
			size = append([]int64{}, o...)
		case StrideArg:
			stride = o
		}
	}
	var from *Tensor
	switch s := source.(type) {
	case nil:
		opSet_(t)
		return t
	case *Tensor:
		if len(opts) == 0 {
			checkSameDtype(t, s)
			opSet_SourceTensor(t, s)
			return t
		}
		from = s
		if size == nil {
			size = s.Shape()
		}
	case *Storage:
		from = s.bytes
		if size == nil {
			size = []int64{s.Nbytes()/t.ElementSize() - offset}
		}
	default:
		refuseArgument("argument 'source' must be a *torch.Tensor or a *torch.Storage, not %s", typeName(source))
	}
	if stride == nil {
		stride = contiguousStride(size)
	}
	opSet_SourceTensorStorageOffset(t, from, offset, size, stride)
	runtime.KeepAlive(source)
	return t
}

func checkSameDtype(t, source *Tensor) {
	if to, from := t.DType(), source.DType(); to != from {
		refuse(runtimeErrorKind, "Could not set tensor of type %s to a tensor of type %s", from.cppTypeName(), to.cppTypeName())
	}
}

func contiguousStride(size []int64) []int64 {
	stride := make([]int64, len(size))
	step := int64(1)
	for i := len(size) - 1; i >= 0; i-- {
		stride[i] = step
		step *= max(size[i], 1)
	}
	return stride
}

// Deepcopy copies t with all of its storage, its strides and its gradient:
// Python's copy.deepcopy(t). t must be a leaf. A module's parameter is copied as
// one, without its gradient.
func (t *Tensor) Deepcopy() *Tensor {
	if !t.IsLeaf() {
		refuse(runtimeErrorKind, "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at "+
			"the moment.  If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, "+
			"see https://github.com/pytorch/pytorch/pull/103001")
	}
	var copied *Tensor
	NoGrad(func() { copied = t.copyWithStorage() })
	if t.RequiresGrad() {
		copied.RequiresGrad_()
	}
	if t.parameter {
		return MarkParameter(copied)
	}
	if grad := t.Grad(); grad != nil {
		copied.SetGrad(grad.Deepcopy())
	}
	return copied
}

func (t *Tensor) copyWithStorage() *Tensor {
	if t.parameter || t.Layout() != Strided || t.IsMeta() || t.IsMps() {
		return opDetach(opClone(t, 0))
	}
	bytes := t.storageBytes()
	defer bytes.Close()
	own := opClone(bytes, 0)
	defer own.Close()
	copied := Empty([]int64{0}, t.DType(), t.Device())
	opSet_SourceTensorStorageOffset(copied, own, t.StorageOffset(), t.Shape(), t.Stride())
	if t.IsConj() {
		copied = copied.replace(opConjPhysical(copied))
	}
	if t.IsNeg() {
		copied = copied.replace(opNeg(copied))
	}
	return copied
}
