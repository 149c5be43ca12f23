package cuda_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// The examples run with a GPU and without one, on the CPU or not at all.

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

// Work in a stream of its own, beside that in the default one.
func ExampleWithStream() {
	if cuda.IsAvailable() {
		x := torch.Ones([]int64{1000}, torch.CUDA())
		s := cuda.NewStream()
		s.WaitStream(cuda.CurrentStream()) // x is ready
		var sum *torch.Tensor
		cuda.WithStream(s, func() { sum = x.Sum() })
		x.RecordStream(s) // x's memory is not reused before s is done
		cuda.CurrentStream().WaitStream(s)
		fmt.Fprintln(os.Stderr, sum)
	}
	fmt.Println("done")
	// Output: done
}

// Time on the GPU, between two marks in a stream.
func ExampleEvent() {
	if cuda.IsAvailable() {
		begin, end := cuda.NewEvent(cuda.EnableTiming(true)), cuda.NewEvent(cuda.EnableTiming(true))
		begin.Record()
		torch.Randn([]int64{100, 100}, torch.CUDA()).Mm(torch.Randn([]int64{100, 100}, torch.CUDA()))
		end.Record()
		end.Synchronize()
		fmt.Fprintf(os.Stderr, "%.3f ms\n", begin.ElapsedTime(end))
	}
	fmt.Println("done")
	// Output: done
}

// The peak of memory in a part of a program.
func ExampleMaxMemoryAllocated() {
	if cuda.IsAvailable() {
		cuda.ResetPeakMemoryStats()
		torch.Ones([]int64{1 << 20}, torch.CUDA())
		fmt.Fprintln(os.Stderr, cuda.MaxMemoryAllocated(), "bytes")
		fmt.Fprint(os.Stderr, cuda.MemorySummary())
	}
	fmt.Println("done")
	// Output: done
}

// Who holds the memory, as https://pytorch.org/memory_viz shows it.
func ExampleDumpSnapshot() {
	if cuda.IsAvailable() {
		cuda.RecordMemoryHistory(cuda.HistoryMaxEntries(100_000))
		defer cuda.StopMemoryHistory()
		torch.Ones([]int64{1 << 20}, torch.CUDA())
		file := filepath.Join(os.TempDir(), "gotorch_snapshot.pickle")
		defer os.Remove(file)
		if err := cuda.DumpSnapshot(file); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println("done")
	// Output: done
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
