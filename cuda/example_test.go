package cuda_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// The examples run with a GPU and without one, and print the same.

// A program for the GPU, where there is one.
func Example() {
	device := torch.CPU
	if cuda.IsAvailable() {
		device = torch.CUDA()
	}
	model := nn.NewLinear(3, 2)
	model.To(device)
	y := model.Forward(torch.Ones([]int64{4, 3}, device))
	y.Sum().Backward()
	fmt.Println(y.Shape(), model.Bias.Grad().Cpu())
	// Output: [4 2] tensor([4., 4.])
}

// Each GPU computes a part of a sum.
func ExampleWithDevice() {
	total := 0.0
	for i := range cuda.DeviceCount() {
		cuda.WithDevice(torch.CUDA(i), func() {
			total += torch.Ones([]int64{10}, torch.CUDA()).Sum().Item() // on cuda:i
		})
	}
	fmt.Println(total == float64(10*cuda.DeviceCount()), cuda.IsAvailable() && cuda.CurrentDevice() != 0)
	// Output: true false
}

// Work in a stream of its own, beside that in the default one.
func ExampleWithStream() {
	sum := torch.Full(nil, 1000.0)
	if cuda.IsAvailable() {
		x := torch.Ones([]int64{1000}, torch.CUDA())
		s := cuda.NewStream()
		s.WaitStream(cuda.CurrentStream()) // x is ready
		cuda.WithStream(s, func() { sum = x.Sum() })
		x.RecordStream(s) // x's memory is not reused before s is done
		cuda.CurrentStream().WaitStream(s)
	}
	fmt.Println(sum.Item())
	// Output: 1000
}

// Time on the GPU, between two marks in a stream.
func ExampleEvent() {
	milliseconds := 0.0
	if cuda.IsAvailable() {
		begin, end := cuda.NewEvent(cuda.EnableTiming(true)), cuda.NewEvent(cuda.EnableTiming(true))
		begin.Record()
		torch.Randn([]int64{100, 100}, torch.CUDA()).Mm(torch.Randn([]int64{100, 100}, torch.CUDA()))
		end.Record()
		end.Synchronize()
		milliseconds = begin.ElapsedTime(end)
	}
	fmt.Println((milliseconds > 0) == cuda.IsAvailable())
	// Output: true
}

// The peak of memory in a part of a program.
func ExampleMaxMemoryAllocated() {
	before, peak := int64(0), int64(4<<20)
	if cuda.IsAvailable() {
		cuda.ResetPeakMemoryStats()
		before = cuda.MemoryAllocated()
		torch.Ones([]int64{1 << 20}, torch.CUDA()) // of 4 bytes each
		peak = cuda.MaxMemoryAllocated()
	}
	fmt.Println(peak-before, "bytes")
	// Output: 4194304 bytes
}

// Who holds the memory, as https://pytorch.org/memory_viz shows it.
func ExampleDumpSnapshot() {
	if cuda.IsAvailable() {
		cuda.RecordMemoryHistory(cuda.HistoryMaxEntries(100_000))
		defer cuda.StopMemoryHistory()
		torch.Ones([]int64{1 << 20}, torch.CUDA())
	}
	file := filepath.Join(os.TempDir(), "gotorch_snapshot.pickle")
	defer os.Remove(file)
	if err := cuda.DumpSnapshot(file); err != nil {
		fmt.Println(err)
	}
	info, err := os.Stat(file)
	fmt.Println(err == nil && info.Size() > 0)
	// Output: true
}

// What is made in one part of a program lies apart from the rest.
func ExampleUseMemPool() {
	x := torch.Ones([]int64{4})
	if cuda.IsAvailable() {
		pool := cuda.NewMemPool()
		cuda.UseMemPool(pool, func() { x = torch.Ones([]int64{4}, torch.CUDA()) })
		fmt.Fprintln(os.Stderr, len(pool.Snapshot()), "segments")
	}
	fmt.Println(x.Sum().Item())
	// Output: 4
}

// A pool whose memory comes from functions of a C library.
func ExampleNewPluggableAllocator() {
	allocator, err := cuda.NewPluggableAllocator("liballocator.so", "my_alloc", "my_free")
	if err != nil {
		fmt.Println("there is no liballocator.so here")
		return
	}
	cuda.UseMemPool(cuda.NewMemPool(allocator), func() { torch.Ones([]int64{4}, torch.CUDA()) })
	// Output: there is no liballocator.so here
}

// Two streams share a GPU: each has half of its multiprocessors.
func ExampleGreenContext() {
	if cuda.IsAvailable() {
		half := cuda.SMPartitionFromDevice().SmCount() / 2 &^ 7
		parts, _ := cuda.SMPartitionFromDevice().Split(cuda.SMGroup{NumSms: half}, cuda.SMGroup{NumSms: half})
		for _, part := range parts {
			context := cuda.NewGreenContext(part)
			defer context.Close()
			s := context.Stream()
			s.WaitStream(cuda.CurrentStream())
			cuda.WithStream(s, func() { torch.Ones([]int64{100}, torch.CUDA()).Sum() })
			cuda.CurrentStream().WaitStream(s)
		}
	}
	fmt.Println("done")
	// Output: done
}
