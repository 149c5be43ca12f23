package nested

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// A Jagged is a nested tensor with the jagged layout: tensors that differ in the
// size of one dimension, and lie behind one another along it in [Jagged.Values].
// In Python it is a tensor, of the class NestedTensor.
type Jagged struct {
	values  *torch.Tensor
	offsets *torch.Tensor // of shape (batch + 1)
	lengths *torch.Tensor // of shape (batch), or nil if the tensors fill values
	ragged  int64         // the dimension that differs; the batch's is 0

	longest int64 // tensor's length, or -1 if it is not known
	leaf    bool  // nobody else knows values
}

// A FromJaggedOption is an option of [NestedTensorFromJagged]: [torch.Offsets],
// [torch.Lengths], [JaggedDim], [MaxSeqlen].
type FromJaggedOption interface{ FromJaggedOption(option.Marker) }

// JaggedDim is the dimension whose size differs between the tensors, counting
// that of the batch; 1 unless given.
type JaggedDim int64

// MaxSeqlen says how long the longest tensor is, to save looking.
type MaxSeqlen int64

func (JaggedDim) FromJaggedOption(option.Marker) {}
func (MaxSeqlen) FromJaggedOption(option.Marker) {}

// NestedTensorFromJagged makes a nested tensor of the values of its tensors,
// which it shares, Python's torch.nested.nested_tensor_from_jagged. One of
// [torch.Offsets] and [torch.Lengths] is needed: where in values each tensor
// begins and the last one ends, or how long each is. Both together describe
// tensors with holes between them.
func NestedTensorFromJagged(values *torch.Tensor, opts ...FromJaggedOption) *Jagged {
	j := &Jagged{values: values, ragged: 1, longest: -1}
	for _, o := range opts {
		switch o := o.(type) {
		case torch.OffsetsArg:
			j.offsets = o.Tensor(option.Marker{})
		case torch.LengthsArg:
			j.lengths = o.Tensor(option.Marker{})
		case JaggedDim:
			j.ragged = int64(o)
		case MaxSeqlen:
			j.longest = int64(o)
		}
	}
	switch {
	case j.offsets == nil && j.lengths == nil:
		raise("RuntimeError", "nested_tensor_from_jagged(): At least one of offsets or lengths is required.")
	case j.offsets == nil:
		j.offsets, j.lengths = offsetsOf(j.lengths), nil
	}
	if j.ragged < 1 {
		raise("ValueError", "Expected jagged_dim >=1, but got %d.", j.ragged)
	}
	j.check()
	return j
}

// offsetsOf turns lengths into offsets.
func offsetsOf(lengths *torch.Tensor) *torch.Tensor {
	return torch.Pad(lengths.Cumsum(0), []int64{1, 0})
}

func (j *Jagged) check() {
	if dim := j.offsets.Dim(); dim != 1 {
		raise("AssertionError", "offsets must be 1D, but got %dD", dim)
	}
	if a, b := j.values.Device(), j.offsets.Device(); a != b {
		raise("AssertionError", "values and offsets must be on the same device, but got values.device=%s and offsets.device=%s", a, b)
	}
	batch := j.offsets.Size(0) - 1
	if j.lengths != nil && j.lengths.Size(0) != batch {
		raise("AssertionError", "offsets and lengths batch sizes must match: offsets.shape[0] - 1 = %d, lengths.shape[0] = %d",
			batch, j.lengths.Size(0))
	}
}

// NestedTensorJagged copies tensors, without their history, into a nested tensor
// with the jagged layout, Python's nested_tensor(list, layout=torch.jagged).
// The arguments and options are those of [NestedTensor].
func NestedTensorJagged(list any, opts ...NestedTensorOption) (j *Jagged) {
	s := read(opts)
	torch.NoGrad(func() {
		j = fromList(leaves(list, settings{}), s)
		if s.pinMemory {
			j.values = j.values.PinMemory()
		}
	})
	j.leaf = true
	if s.requiresGrad {
		j.values.RequiresGrad_()
	}
	return j
}

// AsNestedTensorJagged makes a nested tensor with the jagged layout through
// which gradients flow, Python's as_nested_tensor(ts, layout=torch.jagged). ts is
// a []*torch.Tensor, which is copied, or a tensor, whose first dimension is the
// batch's.
func AsNestedTensorJagged(ts any, opts ...AsNestedTensorOption) *Jagged {
	s := read(opts)
	switch ts := ts.(type) {
	case []*torch.Tensor:
		return fromList(ts, s)
	case *torch.Tensor:
		checkBatch(ts)
		batch, length := ts.Size(0), ts.Size(1)
		values := ts.Contiguous().Flatten(torch.StartDim(0), torch.EndDim(1)).To(s.dtype, s.device)
		offsets := torch.ArangeFrom(0, batch*length+1, torch.Step(length), torch.Int64, values.Device())
		return &Jagged{values: values, offsets: offsets, ragged: 1, longest: length}
	}
	refuseList()
	panic("unreachable")
}

// fromList puts tensors together that differ in one dimension at most.
func fromList(tensors []*torch.Tensor, s settings) *Jagged {
	checkAlike(tensors)
	ragged := raggedDim(tensors)
	values := torch.Cat(tensors, torch.Dim(ragged-1)).To(s.dtype, s.device)
	sizes := make([]int64, len(tensors))
	for i, t := range tensors {
		sizes[i] = t.Size(ragged - 1)
	}
	zero := torch.Zeros([]int64{1}, torch.Int64, values.Device())
	offsets := torch.Cat([]*torch.Tensor{zero, torch.NewTensor(sizes, values.Device()).Cumsum(0)})
	return &Jagged{values: values, offsets: offsets, ragged: ragged, longest: slices.Max(sizes)}
}

func checkAlike(tensors []*torch.Tensor) {
	if len(tensors) == 0 {
		raise("RuntimeError", "Cannot construct a nested tensor from an empty tensor list")
	}
	differ := func(of func(*torch.Tensor) any) bool {
		return slices.ContainsFunc(tensors, func(t *torch.Tensor) bool { return of(t) != of(tensors[0]) })
	}
	const when = "When constructing a nested tensor, all tensors in list must "
	switch {
	case differ(func(t *torch.Tensor) any { return t.DType() }):
		raise("RuntimeError", when+"have the same dtype")
	case differ(func(t *torch.Tensor) any { return t.Device() }):
		raise("RuntimeError", when+"be on the same device")
	case differ(func(t *torch.Tensor) any { return t.Dim() }):
		raise("RuntimeError", when+"have the same dim")
	case tensors[0].Dim() == 0:
		raise("RuntimeError", "Cannot construct a nested tensor from a list of zero-dim tensors")
	}
}

// raggedDim returns the dimension in which the tensors differ, counting that of
// the batch; 1 if they do not differ.
func raggedDim(tensors []*torch.Tensor) int64 {
	ragged := int64(0)
	for d, size := range tensors[0].Shape() {
		if !slices.ContainsFunc(tensors, func(t *torch.Tensor) bool { return t.Size(int64(d)) != size }) {
			continue
		}
		if ragged != 0 {
			raise("RuntimeError", "Cannot represent given tensor list as a nested tensor with the jagged layout. "+
				"Note that the jagged layout only allows for a single ragged dimension. "+
				"For example: (B, *, D_0, D_1, ..., D_N), with ragged * dim.")
		}
		ragged = int64(d) + 1
	}
	return max(ragged, 1)
}

// NarrowJagged makes a nested tensor of parts of the tensors in a batch, Python's
// torch.nested.narrow(tensor, 1, start, length, layout=torch.jagged). start and
// length are integers or tensors of one for each tensor. Nothing is copied.
func NarrowJagged(tensor *torch.Tensor, start, length any) *Jagged {
	batch := tensor.Size(0)
	starts, lengths := oneEach(tensor, start, "start"), oneEach(tensor, length, "length")
	if !expandable(starts, batch) || !expandable(lengths, batch) {
		raise("RuntimeError", "When constructing a jagged nested tensor using narrow(), "+
			"your start and length must be Tensors that broadcast to input.shape[0]")
	}
	if tensor.Dim() < 2 {
		raise("AssertionError", "tensor must at least be 2D for the nested narrow op to work")
	}
	longest := torch.ItemOf[int64](lengths.Max())
	starts, lengths = starts.Expand(batch), lengths.Expand(batch)
	size := tensor.Size(1)
	begins := starts.Add(torch.Arange(batch, torch.Int64, tensor.Device()).Mul(size))
	end := begins.Index(-1).Add(lengths.Index(-1)).Unsqueeze(0)
	offsets := torch.Cat([]*torch.Tensor{begins, end})
	values := tensor.View(append([]int64{-1}, tensor.Shape()[2:]...)...)
	if contiguous(offsets, lengths, size) {
		first, last := torch.ItemOf[int64](offsets.Index(0)), torch.ItemOf[int64](offsets.Index(-1))
		return &Jagged{values: values.Index(torch.Slice(first, last)), offsets: offsets.Sub(offsets.Index(0)), ragged: 1, longest: longest}
	}
	return &Jagged{values: values, offsets: offsets, lengths: lengths, ragged: 1, longest: longest}
}

// oneEach makes a tensor of an integer.
func oneEach(tensor *torch.Tensor, v any, name string) *torch.Tensor {
	switch v := v.(type) {
	case *torch.Tensor:
		return v
	case int:
		return torch.NewTensor([]int{v}, tensor.Device())
	case int64:
		return torch.NewTensor([]int64{v}, tensor.Device())
	}
	raise("RuntimeError", "%s must be an integer or a tensor", name)
	panic("unreachable")
}

func expandable(t *torch.Tensor, n int64) bool {
	return t.Dim() == 0 || t.Dim() == 1 && (t.Size(0) == 1 || t.Size(0) == n)
}

// contiguous reports whether no element lies between the tensors, as PyTorch's
// jagged_from_tensor_and_lengths tests it.
func contiguous(offsets, lengths *torch.Tensor, size int64) bool {
	differs := func(t *torch.Tensor) bool { return torch.ItemOf[bool](t.Ne(size).Any()) }
	return !differs(lengths.Index(torch.Slice(1, -1))) && !differs(torch.Diff(offsets.Index(torch.Slice(1, -2)))) &&
		torch.ItemOf[int64](offsets.Index(0).Add(lengths.Index(0))) == size
}

// MaskedSelect makes a nested tensor of the elements where the mask is true,
// Python's torch.nested.masked_select. Unlike [torch.MaskedSelect] it keeps apart
// those of different rows.
func MaskedSelect(tensor, mask *torch.Tensor) *Jagged {
	if layout := tensor.Layout(); layout != torch.Strided {
		raise("RuntimeError", "torch.nested.masked_select requires a strided tensor, given %s", layout)
	}
	if layout := mask.Layout(); layout != torch.Strided {
		raise("RuntimeError", "torch.nested.masked_select requires a strided mask, given: %s", layout)
	}
	lengths := mask.Expand(tensor.Shape()...).Sum(torch.Dim(tensor.Dim() - 1)).View(-1)
	return &Jagged{values: tensor.MaskedSelect(mask), offsets: offsetsOf(lengths), ragged: 1, longest: -1}
}

// Values are the tensors behind one another along the ragged dimension, Python's
// nt.values(). Gradients flow through them.
func (j *Jagged) Values() *torch.Tensor { return j.values }

// Offsets are where in the values each tensor begins and the last one ends,
// Python's nt.offsets().
func (j *Jagged) Offsets() *torch.Tensor { return j.offsets }

// Lengths are the lengths of tensors with holes between them, or nil, Python's
// nt.lengths().
func (j *Jagged) Lengths() *torch.Tensor { return j.lengths }

// Dim is the number of dimensions, with that of the batch.
func (j *Jagged) Dim() int64 { return j.values.Dim() + 1 }

// Shape is the size of each dimension; that of the ragged one is -1.
func (j *Jagged) Shape() []int64 {
	shape := append([]int64{j.offsets.Size(0) - 1}, j.values.Shape()...)
	shape[j.ragged] = -1
	return shape
}

// Map applies an operator to the values: one that works element by element or
// along other dimensions than the ragged one, which must keep its place.
//
//	nt.Map(torch.Relu)
func (j *Jagged) Map(operator func(values *torch.Tensor) *torch.Tensor) *Jagged {
	mapped := *j
	mapped.values, mapped.leaf = operator(j.values), false
	if got, want := mapped.values.Size(j.ragged-1), j.values.Size(j.ragged-1); got != want {
		raise("RuntimeError", "the operator changed the size of the ragged dimension from %d to %d", want, got)
	}
	return &mapped
}

// Grad is the gradient of the values as a nested tensor, or nil, Python's
// nt.grad.
func (j *Jagged) Grad() *Jagged {
	gradient := j.values.Grad()
	if gradient == nil {
		return nil
	}
	return j.Map(func(*torch.Tensor) *torch.Tensor { return gradient })
}

// Unbind returns the tensors, views of the values, Python's nt.unbind().
func (j *Jagged) Unbind() []*torch.Tensor {
	if j.lengths == nil {
		return j.values.Split(torch.Data[int64](torch.Diff(j.offsets).To(torch.Int64)), torch.Dim(j.ragged-1))
	}
	lengths := torch.Data[int64](j.lengths.To(torch.Int64))
	tensors := make([]*torch.Tensor, len(lengths))
	for i, begin := range torch.Data[int64](j.offsets.To(torch.Int64))[:len(lengths)] {
		tensors[i] = j.values.Narrow(j.ragged-1, begin, lengths[i])
	}
	return tensors
}

// ToPaddedTensor returns the tensors in one, with padding where they end before
// the longest, or before the length that [torch.OutputSize] has at the ragged
// dimension. Python's nt.to_padded_tensor. Tensors with holes panic.
func (j *Jagged) ToPaddedTensor(padding float64, opts ...ToPaddedTensorOption) *torch.Tensor {
	if j.lengths != nil {
		raise("RuntimeError", "to_padded_tensor(): not supported for nested tensors with holes")
	}
	longest := j.longest
	if longest < 0 {
		longest = j.values.Size(0)
	}
	for _, o := range opts {
		longest = o.(torch.OutputSizeArg)[j.ragged]
	}
	values := j.values
	if j.ragged > 1 {
		values = values.Transpose(j.ragged-1, 0)
	}
	shape := values.Shape()
	switch { // The operator takes matrices.
	case len(shape) > 2:
		values = values.Flatten(torch.StartDim(1))
	case len(shape) == 1:
		values = values.Unsqueeze(-1)
	}
	padded := operators().JaggedToPaddedDense(values, j.offsets, longest, padding)
	switch {
	case len(shape) > 2:
		padded = padded.Unflatten(-1, shape[1:]...)
	case len(shape) == 1:
		padded = padded.Squeeze(torch.Dim(-1))
	}
	if j.ragged > 1 {
		padded = padded.Transpose(j.ragged, 1)
	}
	return padded
}

// String returns what Python prints, but for the size of the ragged dimension,
// which Python numbers in the order of their making, and the address of the
// grad_fn.
//
//	NestedTensor(size=(2, j, 3), offsets=tensor([0, 2, 6]), contiguous=True)
func (j *Jagged) String() string {
	sizes := make([]string, 0, j.Dim())
	for _, n := range j.Shape() {
		if n < 0 {
			sizes = append(sizes, "j")
		} else {
			sizes = append(sizes, fmt.Sprint(n))
		}
	}
	history := ""
	switch {
	case !j.values.RequiresGrad():
	case j.leaf:
		history = ", requires_grad=True"
	default:
		history = ", grad_fn=<NestedViewFromJaggedBackward0>"
	}
	contiguous := "False"
	if j.lengths == nil && j.values.IsContiguous() {
		contiguous = "True"
	}
	return fmt.Sprintf("NestedTensor(size=(%s), offsets=%s%s, contiguous=%s)", strings.Join(sizes, ", "), j.offsets, history, contiguous)
}
