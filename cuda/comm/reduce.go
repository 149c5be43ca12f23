package comm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/cuda/nccl"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var ncclReduce = csrc.Entry("cuda::nccl_reduce(Tensor[] inputs, Tensor(a!) output, int root) -> ()")

// ReduceAdd returns the sum of tensors of the same shape and dtype on GPUs, on the
// destination, where one of them must be; the zero Device is the current GPU. Python's
// torch.cuda.comm.reduce_add.
func ReduceAdd(inputs []*torch.Tensor, destination torch.Device) *torch.Tensor {
	index := orCurrent(destination)
	root := rootOf(inputs, index)
	if len(inputs) == 1 {
		return inputs[0]
	}
	if nccl.IsAvailable(inputs) {
		return reduceByNCCL(inputs, root)
	}
	to := inputs[root].Device()
	var sum *torch.Tensor
	for i, t := range inputs {
		switch {
		case i == root:
		case sum == nil:
			sum = inputs[root].Add(t.To(to, torch.NonBlocking(true)))
		default:
			sum.Add_(t.To(to, torch.NonBlocking(true)))
		}
	}
	return sum
}

// rootOf checks the tensors that are to be added, and returns which is on the device.
func rootOf(inputs []*torch.Tensor, device int) int {
	if len(inputs) == 0 {
		panic(torch.NewError("IndexError", "list index out of range"))
	}
	root := -1
	for i, t := range inputs {
		if t.Device() == torch.CPU {
			panic(torch.NewError("AssertionError", "reduce_add expects all inputs to be on GPUs, but input %d is on CPU", i))
		}
		if t.Device().Index() == device {
			root = i
		}
		if !slices.Equal(t.Shape(), inputs[0].Shape()) {
			panic(torch.NewError("ValueError", "input %d has invalid size: got %s, but expected %s",
				i, sizeText(t), sizeText(inputs[0])))
		}
	}
	if root < 0 {
		panic(torch.NewError("RuntimeError", "reduce_add expects destination to be on the same GPU with one of the tensors"))
	}
	return root
}

// sizeText writes a shape as "2x3".
func sizeText(t *torch.Tensor) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(t.Shape()), "[]"), " ", "x")
}

func reduceByNCCL(inputs []*torch.Tensor, root int) *torch.Tensor {
	sum := torch.EmptyLike(inputs[root])
	var f entry.Frame
	putTensors(&f, inputs, "inputs")
	sum.PutInto(&f, "output")
	f.PutInt(int64(root))
	call(&f, ncclReduce, inputs, sum)
	return sum
}

// ReduceAddCoalesced adds up lists of tensors, each on a GPU of its own, element by element,
// see [ReduceAdd]. Small tensors go together. Python's torch.cuda.comm.reduce_add_coalesced.
func ReduceAddCoalesced(inputs [][]*torch.Tensor, destination torch.Device, size ...BufferSize) []*torch.Tensor {
	sums := make([]*torch.Tensor, count(inputs))
	dense := make([][]*torch.Tensor, len(inputs)) // of each GPU
	var places []int                              // of the dense ones among all
	for i := range sums {
		sparse := true
		for _, list := range inputs {
			sparse = sparse && list[i].IsSparse()
		}
		if sparse { // which may have other sizes on other GPUs
			sums[i] = ReduceAdd(column(inputs, i), destination)
			continue
		}
		for gpu, list := range inputs {
			dense[gpu] = append(dense[gpu], denseOf(list[i]))
		}
		places = append(places, i)
	}
	if len(places) == 0 {
		return sums
	}
	for _, chunk := range chunksOf(dense[0], bufferSize(size)) {
		flat := make([]*torch.Tensor, len(inputs))
		for gpu := range dense {
			flat[gpu] = flatten(dense[gpu], chunk)
		}
		sum := ReduceAdd(flat, destination)
		offset := int64(0)
		for _, i := range chunk {
			t := dense[0][i]
			part := sum.Narrow(0, offset, t.Numel()).View(t.Shape()...)
			// Views of one tensor would share the count of its changes.
			sums[places[i]] = part.Data()
			offset += t.Numel()
		}
	}
	return sums
}

// count returns how many tensors all lists have.
func count(inputs [][]*torch.Tensor) int {
	if len(inputs) == 0 {
		return 0
	}
	n := len(inputs[0])
	for i, list := range inputs {
		if len(list) != n {
			than := "shorter"
			if len(list) > n {
				than = "longer"
			}
			panic(torch.NewError("ValueError", "zip() argument %d is %s than %s", i+1, than, argumentsUpTo(i)))
		}
	}
	return n
}

func argumentsUpTo(i int) string {
	if i == 1 {
		return "argument 1"
	}
	return fmt.Sprintf("arguments 1-%d", i)
}

func column(inputs [][]*torch.Tensor, i int) []*torch.Tensor {
	all := make([]*torch.Tensor, len(inputs))
	for gpu, list := range inputs {
		all[gpu] = list[i]
	}
	return all
}

func denseOf(t *torch.Tensor) *torch.Tensor {
	if t.IsSparse() {
		return t.ToDense()
	}
	return t
}

// chunksOf groups tensors of one dtype, up to so many bytes, in their order.
func chunksOf(tensors []*torch.Tensor, limit int64) [][]int {
	var chunks, open [][]int
	var dtypes []torch.DType
	var sizes []int64
	for i, t := range tensors {
		bytes := t.Numel() * t.ElementSize()
		at := slices.Index(dtypes, t.DType())
		if at < 0 {
			at = len(dtypes)
			dtypes, open, sizes = append(dtypes, t.DType()), append(open, nil), append(sizes, 0)
		}
		if sizes[at] > 0 && sizes[at]+bytes > limit {
			chunks = append(chunks, open[at])
			open[at], sizes[at] = nil, 0
		}
		open[at] = append(open[at], i)
		sizes[at] += bytes
	}
	return append(chunks, open...)
}

func flatten(tensors []*torch.Tensor, chunk []int) *torch.Tensor {
	var flat []*torch.Tensor
	for _, i := range chunk {
		flat = append(flat, tensors[i].Contiguous().View(-1))
	}
	return torch.Cat(flat)
}
