package conformance

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/torch"
)

// Entries of libgotorch that a replay at the level of ATen needs.
var (
	entrySizes      = csrc.Entry("sizes(Tensor self) -> int[]")
	entryDtype      = csrc.Entry("dtype(Tensor self) -> ScalarType")
	entryDevice     = csrc.Entry("device(Tensor self) -> Device")
	entryManualSeed = csrc.Entry("manual_seed(int seed) -> ()")
)

// dtypeNumbers are libtorch's, by name.
var dtypeNumbers = func() map[string]uint64 {
	numbers := map[string]uint64{}
	for d := torch.Uint8; d <= torch.Bcomplex32; d++ {
		numbers[strings.TrimPrefix(d.String(), "torch.")] = uint64(d) - 1
	}
	return numbers
}()

var (
	layoutNumbers = map[string]uint64{"strided": 0, "sparse_coo": 1, "sparse_csr": 2, "sparse_csc": 4, "sparse_bsr": 5, "sparse_bsc": 6}
	formatNumbers = map[string]uint64{"contiguous_format": 0, "preserve_format": 1, "channels_last": 2, "channels_last_3d": 3}
)

// errUnsupported is that a value cannot be given to an operator here.
var errUnsupported = errors.New("no way to pass it")

// A table finds operators by their names.
type table map[string]*csrc.Function

func newTable() (table, error) {
	operators, err := csrc.Operators()
	t := table{}
	for _, fn := range operators {
		t[fn.Name()] = fn
	}
	return t, err
}

// A rawCall replays a call of an ATen operator. Tensors are handles here, which
// it owns.
type rawCall struct {
	*Call
	table   table
	frame   csrc.Frame
	objects map[int]uint64    // the tensors among the arguments, by Array.Object
	aliases map[string]uint64 // those that the schema marks as written to
	placed  bool              // an argument says on which device the results are
	results []uint64          // to be released
}

// replayRaw runs the call. It returns how the results differ from Python's, or
// "", and an error if it could not run.
func replayRaw(t table, c *Call) (difference string, err error) {
	fn := t[strings.TrimPrefix(c.Name, "aten::")]
	if fn == nil {
		return "", fmt.Errorf("%w: no operator %s", errUnsupported, c.Name)
	}
	r := &rawCall{Call: c, table: t, objects: map[int]uint64{}, aliases: map[string]uint64{}}
	defer r.release()
	schema := parseSchema(fn.Schema)
	for i, p := range schema.Arguments {
		if err := r.put(p, p.Type, c.Args[i].V); err != nil {
			return "", err
		}
	}
	seed(c.Seed)
	report := r.frame.Call(fn)
	raised := report != nil && report.Error != ""
	switch {
	case raised && c.Error != nil && c.Error.Message == report.Error:
		return "", nil
	case raised:
		return "raised " + report.Error, nil
	case c.Error != nil:
		return "did not raise " + c.Error.Message, nil
	}
	return r.compare(schema)
}

func seed(n int64) {
	var f csrc.Frame
	f.PutInt(n)
	f.Call(entryManualSeed)
}

func (r *rawCall) release() {
	for _, handle := range r.objects {
		csrc.Release([]uint64{handle})
	}
	csrc.Release(r.results)
}

// put encodes an argument by its type in the schema; csrc/src/frame.h has the
// layout.
func (r *rawCall) put(p Parameter, kind string, v any) error {
	f := &r.frame
	if element, ok := listOf(kind); ok {
		return r.putList(p, kind, element, v)
	}
	if inner, ok := strings.CutSuffix(kind, "?"); ok && inner != "Tensor" {
		f.PutBool(v != nil)
		if v == nil {
			return nil
		}
		return r.put(p, inner, v)
	}
	switch kind {
	case "Tensor", "Tensor?":
		return r.putTensor(p, v)
	case "Scalar":
		words, ok := scalarWords(v)
		if !ok {
			return fmt.Errorf("%w: %T as Scalar", errUnsupported, v)
		}
		putWords(f, words)
		return nil
	}
	switch v := v.(type) {
	case int64:
		if kind == "float" {
			f.PutFloat(float64(v))
		} else {
			f.PutInt(v)
		}
	case float64:
		f.PutFloat(v)
	case bool:
		f.PutBool(v)
	case string:
		f.PutString(v)
	case DType:
		f.Put(dtypeNumbers[string(v)])
	case Layout:
		f.Put(layoutNumbers[string(v)])
	case MemoryFormat:
		f.Put(formatNumbers[string(v)])
	case Device:
		f.Put(deviceNumber(v.on(r.device)))
		r.placed = true
	default:
		return fmt.Errorf("%w: %T as %s", errUnsupported, v, kind)
	}
	return nil
}

// listOf returns the type of the elements of int[2], Tensor?[] and the like.
func listOf(kind string) (element string, ok bool) {
	if open := strings.LastIndexByte(kind, '['); open >= 0 && strings.HasSuffix(kind, "]") {
		return kind[:open], true
	}
	return "", false
}

func (r *rawCall) putList(p Parameter, kind, element string, v any) error {
	list, ok := v.([]Value)
	if !ok { // int[2] takes one integer for both
		n := 0
		if _, err := fmt.Sscanf(strings.TrimPrefix(kind, element), "[%d]", &n); err != nil {
			return fmt.Errorf("%w: %T as %s", errUnsupported, v, kind)
		}
		for range n {
			list = append(list, Value{v})
		}
	}
	if element != "bool" { // whose arrays have a fixed length
		r.frame.Put(uint64(len(list)))
	}
	for _, e := range list {
		if err := r.put(p, element, e.V); err != nil {
			return err
		}
	}
	return nil
}

func (r *rawCall) putTensor(p Parameter, v any) error {
	switch v := v.(type) {
	case nil:
		r.frame.Put(0)
		return nil
	case *Array:
		handle := r.objects[v.Object]
		if handle == 0 {
			var err error
			if handle, err = r.tensor(v); err != nil {
				return err
			}
			r.objects[v.Object] = handle
			r.placed = true
		}
		if p.Alias != "" {
			r.aliases[p.Alias] = handle
		}
		r.frame.Put(handle)
		return nil
	}
	// A number in a tensor's place is marked by the lowest bit.
	words, ok := scalarWords(v)
	if !ok {
		return fmt.Errorf("%w: %T as Tensor", errUnsupported, v)
	}
	r.frame.Put(words[0]<<1 | 1)
	putWords(&r.frame, words[1:])
	return nil
}

func putWords(f *csrc.Frame, words []uint64) {
	for _, w := range words {
		f.Put(w)
	}
}

// scalarWords encodes a number as a Scalar: its tag, and its value.
func scalarWords(v any) (words []uint64, ok bool) {
	const tagInt, tagFloat, tagBool, tagComplex = 0, 1, 2, 3
	switch v := v.(type) {
	case int64:
		return []uint64{tagInt, uint64(v)}, true
	case float64:
		return []uint64{tagFloat, math.Float64bits(v)}, true
	case bool:
		if v {
			return []uint64{tagBool, 1}, true
		}
		return []uint64{tagBool, 0}, true
	case complex128:
		return []uint64{tagComplex, math.Float64bits(real(v)), math.Float64bits(imag(v))}, true
	}
	return nil, false
}

// tensor makes a tensor as Python had it: a storage, and what lies in it.
func (r *rawCall) tensor(a *Array) (uint64, error) {
	storage, err := r.storage(a)
	if err != nil {
		return 0, err
	}
	none := *a
	none.Size = 0
	view, err := r.storage(&none)
	if err != nil {
		return 0, err
	}
	device := a.Device.on(r.device)
	storage, view = r.toDevice(storage, device), r.toDevice(view, device)
	r.apply("set_.source_Tensor_storage_offset", func(f *csrc.Frame) {
		f.Put(view)
		f.Put(storage)
		f.PutInt(a.Offset)
		f.PutInts(a.Shape)
		f.PutInts(a.Stride)
	})
	csrc.Release([]uint64{storage})
	for name, set := range map[string]bool{"_conj": a.Conj, "_neg_view": a.Neg} {
		if set {
			plain := view
			view = r.apply(name, func(f *csrc.Frame) { f.Put(plain) })
			csrc.Release([]uint64{plain})
		}
	}
	return view, nil
}

// deviceNumber is how a device goes into a frame: libtorch's number of its type, and
// its index.
func deviceNumber(d torch.Device) uint64 {
	return uint64(d.Type()-1)<<16 | uint64(uint16(d.Index()))
}

// toDevice moves a tensor to a device.
func (r *rawCall) toDevice(handle uint64, device torch.Device) uint64 {
	if device == torch.CPU {
		return handle
	}
	defer csrc.Release([]uint64{handle})
	dtype := uint64(r.dtypeOf(handle)) - 1
	return r.apply("to.device", func(f *csrc.Frame) {
		f.Put(handle)
		f.Put(deviceNumber(device))
		f.Put(dtype)
		f.PutBool(false)
		f.PutBool(false)
		f.PutBool(false)
	})
}

func (r *rawCall) storage(a *Array) (uint64, error) {
	number, ok := dtypeNumbers[a.DType]
	if !ok {
		return 0, fmt.Errorf("%w: dtype %s", errUnsupported, a.DType)
	}
	var f csrc.Frame
	f.Put(number)
	f.PutInts([]int64{int64(a.Size / torch.DType(number+1).Itemsize())})
	if report := f.CopyIn(r.blob[a.At : a.At+a.Size]); report != nil {
		return 0, errors.New(report.Error)
	}
	return f.Take(), nil
}

// apply calls an operator whose result is a tensor.
func (r *rawCall) apply(name string, put func(*csrc.Frame)) uint64 {
	var f csrc.Frame
	put(&f)
	if report := f.Call(r.table[name]); report != nil && report.Error != "" {
		panic(report.Error)
	}
	return f.Take()
}

// compare compares the results, and what became of the arguments.
func (r *rawCall) compare(schema Schema) (difference string, err error) {
	want := []Value{r.Out}
	if list, ok := r.Out.V.([]Value); ok && len(schema.Returns) != 1 {
		want = list
	}
	got := make([]any, len(schema.Returns))
	receiver := r.isReceiver(schema)
	for i, p := range schema.Returns {
		if receiver {
			got[i] = r.aliases[p.Alias]
		} else {
			got[i] = r.take(p.Type)
		}
	}
	if d := r.differDevice(); d != "" {
		return d, nil
	}
	for i, p := range schema.Returns {
		if _, ok := listOf(p.Type); ok && receiver {
			continue // of the tensors written to, which are compared below
		}
		if d := r.differ(want[i].V, got[i]); d != "" {
			return fmt.Sprintf("result %d %s", i, d), nil
		}
	}
	for i, after := range r.After {
		if after.V == nil {
			continue
		}
		if d := r.differ(after.V, r.objects[i]); d != "" {
			return fmt.Sprintf("tensor %d, which it writes to, %s", i, d), nil
		}
	}
	return "", nil
}

// differDevice says which of the results is not where the arguments are; "" if all
// are.
func (r *rawCall) differDevice() string {
	if !r.placed || r.device == (torch.Device{}) {
		return ""
	}
	for i, handle := range r.results {
		if handle != 0 && r.deviceOf(handle) != deviceNumber(r.device) {
			return fmt.Sprintf("result %d is not on %s", i, r.device)
		}
	}
	return ""
}

// isReceiver reports whether the results are arguments, whose handles do not come
// back.
func (r *rawCall) isReceiver(schema Schema) bool {
	for _, p := range schema.Returns {
		if !strings.HasSuffix(p.Alias, "!") {
			return false
		}
	}
	return true
}

// take takes a result of this type.
func (r *rawCall) take(kind string) any {
	f := &r.frame
	switch kind {
	case "Tensor":
		handle := f.Take()
		f.Take()
		r.results = append(r.results, handle)
		return handle
	case "Tensor[]":
		words := f.TakeWords(2)
		handles := make([]uint64, len(words)/2)
		for i := range handles {
			handles[i] = words[2*i]
		}
		r.results = append(r.results, handles...)
		return handles
	case "int":
		return f.TakeInt()
	case "float":
		return f.TakeFloat()
	case "bool":
		return f.TakeBool()
	case "Scalar":
		switch f.Take() {
		case 0:
			return f.TakeInt()
		case 1:
			return f.TakeFloat()
		case 2:
			return f.TakeBool()
		}
		return complex(f.TakeFloat(), f.TakeFloat())
	case "ScalarType":
		return torch.DType(f.Take() + 1)
	}
	return fmt.Sprintf("a result of type %s", kind)
}

// differ says how a result, with handles for tensors, differs from Python's; ""
// if it does not.
func (r *rawCall) differ(want, got any) string {
	switch w := want.(type) {
	case *Array:
		handle, ok := got.(uint64)
		if !ok || handle == 0 {
			return "is no tensor"
		}
		return w.differ(r.blob, r.array(handle))
	case Like:
		handle, ok := got.(uint64)
		if !ok || handle == 0 {
			return "is no tensor"
		}
		return w.differ(r.dtypeOf(handle), r.shapeOf(handle))
	case []Value:
		handles, ok := got.([]uint64)
		if !ok || len(handles) != len(w) {
			return fmt.Sprintf("is %v and not a list of %d", got, len(w))
		}
		for i := range w {
			if d := r.differ(w[i].V, handles[i]); d != "" {
				return fmt.Sprintf("%d %s", i, d)
			}
		}
		return ""
	case nil:
		if handle, ok := got.(uint64); ok && handle == 0 {
			return ""
		}
	}
	return differ(want, got)
}

// array reads a tensor.
func (r *rawCall) array(handle uint64) elements {
	e := elements{dtype: r.dtypeOf(handle), shape: r.shapeOf(handle)}
	n := int64(e.dtype.Itemsize())
	for _, size := range e.shape {
		n *= size
	}
	e.bytes = make([]byte, n)
	var f csrc.Frame
	f.Put(handle)
	if report := f.CopyOut(e.bytes); report != nil {
		e.problem = report.Error
	}
	return e
}

func (r *rawCall) dtypeOf(handle uint64) torch.DType {
	var f csrc.Frame
	f.Put(handle)
	f.Call(entryDtype)
	return torch.DType(f.Take() + 1)
}

func (r *rawCall) deviceOf(handle uint64) uint64 {
	var f csrc.Frame
	f.Put(handle)
	f.Call(entryDevice)
	return f.Take()
}

func (r *rawCall) shapeOf(handle uint64) []int64 {
	var f csrc.Frame
	f.Put(handle)
	f.Call(entrySizes)
	return f.TakeInts()
}
