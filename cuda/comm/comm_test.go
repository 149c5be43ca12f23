package comm_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/cuda/comm"
	"github.com/wangkuiyi/gotorch/cuda/nccl"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

var gpus = []torch.Device{torch.CUDA(0), torch.CUDA(1)}

// matrix is 0, 1, ... in columns, for which libtorch does not ask NCCL.
func matrix(d torch.Device) *torch.Tensor { return torch.Arange(6., d).View(2, 3).T() }

// Where tensors come to, and their values, are Python's.
func TestTensors(t *testing.T) {
	testkit.NeedDevices(t, 2)
	testkit.UseDevice(t, torch.CPU)
	parity.Compare(t, `
	from torch.cuda import comm, nccl
	def show(tensors):
		for t in tensors: log(t, t.device, t.stride())
	def matrix(d): return torch.arange(6., device=d).view(2, 3).T
	x = matrix("cuda:0")
	show(comm.broadcast(x, [0, 1]))
	show(comm.broadcast(x.contiguous(), [0, 1]))
	show([comm.reduce_add([x.contiguous(), x.contiguous().to(1) + 1], 1)])
	show(comm.broadcast(torch.ones(2, dtype=torch.complex64), [1, 0]))
	show(comm.broadcast(x, out=[torch.zeros(3, 2, device=d) for d in (0, 1, 1)]))
	show(comm.scatter(torch.arange(6.).view(3, 2), [0, 1]))
	show(comm.scatter(x, [1, 0], chunk_sizes=[1, 2], streams=[torch.cuda.Stream(1), None]))
	show(comm.scatter(x, [1, 0], dim=1))
	show(comm.scatter(x, out=[torch.zeros(1, 2, device=1), torch.zeros(2, 2, device=0)]))
	show([comm.gather([x, x.to("cuda:1") + 1], 1, 1), comm.gather([x, x], destination="cpu"), comm.gather([x])])
	show([comm.gather([x, x.to(1)], out=torch.zeros(6, 2, device=1))])
	show([comm.reduce_add([x, x.to(1) + 1], 1), comm.reduce_add([x, x, x]), comm.reduce_add([x])])
	log(nccl.is_available([x]), nccl.is_available([x.T, x.T.to(1)]), nccl.is_available([x.T, x.T]), nccl.is_available([x.cpu()]))
	`, func(log func(...any)) {
		show := func(tensors ...*torch.Tensor) {
			for _, x := range tensors {
				log(x, x.Device(), tuple(x.Stride()))
			}
		}
		x := matrix(gpus[0])
		zeros := func(d int, shape ...int64) *torch.Tensor { return torch.Zeros(shape, torch.CUDA(d)) }
		show(comm.Broadcast(x, gpus)...)
		flat := x.Contiguous()
		show(comm.Broadcast(flat, gpus)...)
		show(comm.ReduceAdd([]*torch.Tensor{flat, flat.To(gpus[1]).Add(1)}, gpus[1]))
		show(comm.Broadcast(torch.Ones([]int64{2}, torch.Complex64), []torch.Device{gpus[1], gpus[0]})...)
		show(comm.BroadcastOut(x, []*torch.Tensor{zeros(0, 3, 2), zeros(1, 3, 2), zeros(1, 3, 2)})...)
		show(comm.Scatter(torch.Arange(6.).View(3, 2), gpus)...)
		back := []torch.Device{gpus[1], gpus[0]}
		show(comm.Scatter(x, back, comm.ChunkSizes{1, 2}, comm.Streams{cuda.NewStream(gpus[1]), nil})...)
		show(comm.Scatter(x, back, comm.Dim(1))...)
		show(comm.ScatterOut(x, []*torch.Tensor{zeros(1, 1, 2), zeros(0, 2, 2)})...)
		other := x.To(gpus[1])
		show(comm.Gather([]*torch.Tensor{x, other.Add(1)}, gpus[1], 1), comm.Gather([]*torch.Tensor{x, x}, torch.CPU),
			comm.Gather([]*torch.Tensor{x}, torch.Device{}))
		show(comm.GatherOut([]*torch.Tensor{x, other}, zeros(1, 6, 2)))
		show(comm.ReduceAdd([]*torch.Tensor{x, other.Add(1)}, gpus[1]), comm.ReduceAdd([]*torch.Tensor{x, x, x}, torch.Device{}),
			comm.ReduceAdd([]*torch.Tensor{x}, gpus[0]))
		y, z := x.T(), other.T()
		log(nccl.IsAvailable([]*torch.Tensor{x}), nccl.IsAvailable([]*torch.Tensor{y, z}), nccl.IsAvailable([]*torch.Tensor{y, y}),
			nccl.IsAvailable([]*torch.Tensor{x.Cpu()}))
	})
}

func tuple(numbers []int64) string {
	text := "("
	for i, n := range numbers {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprint(n)
	}
	return text + ")"
}

// Tensors that go together come apart again, in their order, as in Python.
func TestCoalesced(t *testing.T) {
	testkit.NeedDevices(t, 2)
	parity.Compare(t, `
	from torch.cuda import comm
	torch.manual_seed(0)
	a, b, c, h = torch.arange(6.).view(2, 3).cuda(), torch.arange(4).cuda(), torch.ones(3).cuda(), torch.rand(3).half().cuda()
	def other(tensors): return [t.to(1) + 1 for t in tensors]
	for size in (10485760, 16):
		for copies in comm.broadcast_coalesced([a, b, c, h], [0, 1], size):
			log(*copies, copies[1].device)
		for destination in (0, 1):
			sums = comm.reduce_add_coalesced([[a, b, c, h], other([a, b, c, h])], destination, size)
			log(*sums, sums[0].device, *[s._version for s in sums])
	s = torch.eye(3).to_sparse().cuda()
	x, y, z = comm.reduce_add_coalesced([[a, s, c]], 0)
	log(x, y.is_sparse, z)
	`, func(log func(...any)) {
		torch.ManualSeed(0)
		d := gpus[0]
		tensors := []*torch.Tensor{torch.Arange(6.).View(2, 3).To(d), torch.Arange(4).To(d), torch.Ones([]int64{3}).To(d),
			torch.Rand([]int64{3}).Half().To(d)}
		var others []*torch.Tensor
		for _, x := range tensors {
			others = append(others, x.To(gpus[1]).Add(1))
		}
		show := func(tensors []*torch.Tensor) {
			for _, x := range tensors {
				log(x)
			}
		}
		for _, size := range []comm.BufferSize{10485760, 16} {
			for _, copies := range comm.BroadcastCoalesced(tensors, gpus, size) {
				show(copies)
				log(copies[1].Device())
			}
			for _, destination := range gpus {
				sums := comm.ReduceAddCoalesced([][]*torch.Tensor{tensors, others}, destination, size)
				show(sums)
				log(sums[0].Device())
				for _, s := range sums {
					log(s.Version())
				}
			}
		}
		a, s := tensors[0], torch.Eye(3).ToSparse().To(d)
		sums := comm.ReduceAddCoalesced([][]*torch.Tensor{{a, s, tensors[2]}}, d)
		log(sums[0], sums[1].IsSparse(), sums[2])
	})
}

// misuses are what Python and Go refuse with the same words.
var misuses = []struct {
	python string
	run    func()
}{
	{"comm.broadcast(x, ['cpu'])", func() { comm.Broadcast(matrix(gpus[0]), []torch.Device{torch.CPU}) }},
	{"comm.broadcast(x, ['cuda'])", func() { comm.Broadcast(matrix(gpus[0]), []torch.Device{torch.CUDA()}) }},
	{"comm.broadcast(x, [1])", func() { comm.Broadcast(matrix(gpus[0]), gpus[1:]) }},
	{"comm.broadcast(x, out=[torch.zeros(1, device=1)])",
		func() { comm.BroadcastOut(matrix(gpus[0]), []*torch.Tensor{torch.Zeros([]int64{1}, gpus[1])}) }},
	{"comm.broadcast(x, out=[x.cpu()])", func() { comm.BroadcastOut(matrix(gpus[0]), []*torch.Tensor{matrix(torch.CPU)}) }},
	{"comm.broadcast_coalesced([x], [1, 0])",
		func() { comm.BroadcastCoalesced([]*torch.Tensor{matrix(gpus[0])}, []torch.Device{gpus[1], gpus[0]}) }},
	{"comm.scatter(x, [0, 1], chunk_sizes=[1, 1])", func() { comm.Scatter(matrix(gpus[0]), gpus, comm.ChunkSizes{1, 1}) }},
	{"comm.scatter(x, [0, 1], chunk_sizes=[3, 0])", func() { comm.Scatter(matrix(gpus[0]), gpus, comm.ChunkSizes{3, 0}) }},
	{"comm.scatter(x, [0, 1], streams=[torch.cuda.Stream(1), None])",
		func() { comm.Scatter(matrix(gpus[0]), gpus, comm.Streams{cuda.NewStream(gpus[1]), nil}) }},
	{"comm.scatter(x, [0, 1], dim=5)", func() { comm.Scatter(matrix(gpus[0]), gpus, comm.Dim(5)) }},
	{"comm.scatter(x, out=[])", func() { comm.ScatterOut(matrix(gpus[0]), nil) }},
	{"comm.gather([])", func() { comm.Gather(nil, torch.Device{}) }},
	{"comm.gather([x, x.cpu()])", func() { comm.Gather([]*torch.Tensor{matrix(gpus[0]), matrix(torch.CPU)}, torch.Device{}) }},
	{"comm.gather([x, x[:, 1:]])",
		func() {
			x := matrix(gpus[0])
			comm.Gather([]*torch.Tensor{x, x.Narrow(1, 1, 1)}, torch.Device{})
		}},
	{"comm.reduce_add([])", func() { comm.ReduceAdd(nil, gpus[0]) }},
	{"comm.reduce_add([x.cpu()])", func() { comm.ReduceAdd([]*torch.Tensor{matrix(torch.CPU)}, gpus[0]) }},
	{"comm.reduce_add([x, x[1:]])",
		func() {
			x := matrix(gpus[0])
			comm.ReduceAdd([]*torch.Tensor{x, x.Narrow(0, 1, 2)}, gpus[0])
		}},
	{"comm.reduce_add([x, x], 1)",
		func() { comm.ReduceAdd([]*torch.Tensor{matrix(gpus[0]), matrix(gpus[0])}, gpus[1]) }},
	{"comm.reduce_add_coalesced([[x], [x, x]])",
		func() {
			x := matrix(gpus[0])
			comm.ReduceAddCoalesced([][]*torch.Tensor{{x}, {x, x}}, torch.Device{})
		}},
	{"comm.broadcast(x.contiguous(), [0, 0])",
		func() { comm.Broadcast(matrix(gpus[0]).Contiguous(), []torch.Device{gpus[0], gpus[0]}) }},
}

func TestMisuse(t *testing.T) {
	testkit.NeedDevices(t, 2)
	testkit.UseDevice(t, torch.CPU)
	code := "from torch.cuda import comm\nx = torch.arange(6., device=0).view(2, 3).T\n"
	for _, m := range misuses {
		code += fmt.Sprintf("fail(lambda: %s)\n", m.python)
	}
	parity.Compare(t, code, func(log func(...any)) {
		for _, m := range misuses {
			log(m.run)
		}
	})
	x := matrix(gpus[0])
	for _, misuse := range []func(){
		func() { comm.Broadcast(nil, gpus) }, func() { comm.BroadcastOut(x, []*torch.Tensor{nil}) },
		func() { comm.Broadcast(x, nil) }, func() { comm.BroadcastCoalesced(nil, nil) }, func() { comm.Scatter(x, nil) },
		func() { comm.BroadcastCoalesced([]*torch.Tensor{x}, gpus, -1) }, func() { comm.ReduceAdd([]*torch.Tensor{nil}, gpus[0]) },
		func() { comm.ReduceAddCoalesced([][]*torch.Tensor{{nil}}, gpus[0]) }, func() { comm.GatherOut([]*torch.Tensor{x}, nil) },
		func() { comm.Gather([]*torch.Tensor{nil}, gpus[0]) }, func() { comm.ScatterOut(x, []*torch.Tensor{nil}) },
		func() { comm.ScatterOut(x, nil, comm.ChunkSizes{1}) }, func() { comm.Broadcast(x, []torch.Device{{}}) },
	} {
		assert.Error(t, torch.Try(misuse))
	}
}

func TestNCCLVersion(t *testing.T) {
	testkit.NeedDevices(t, 1)
	parity.Compare(t, `
	from torch.cuda import nccl
	log(".".join(str(n) for n in nccl.version()))
	`, func(log func(...any)) { log(nccl.Version()) })
}
