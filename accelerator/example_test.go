package accelerator_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/accelerator"
	"github.com/wangkuiyi/gotorch/torch"
)

// A program for whatever accelerator there is.
func Example() {
	device := accelerator.CurrentAccelerator(accelerator.CheckAvailable(true))
	if device == (torch.Device{}) {
		device = torch.CPU
	}
	x := torch.Arange(4, torch.Float32, device)
	if device != torch.CPU {
		accelerator.Synchronize()
	}
	fmt.Println(x.Sum().Item())
	// Output: 6
}

// Each device in turn.
func ExampleWithDeviceIndex() {
	sum := 0.0
	for i := range accelerator.DeviceCount() {
		accelerator.WithDeviceIndex(i, func() {
			sum += torch.Ones([]int64{3}, accelerator.CurrentAccelerator()).Sum().Item()
		})
	}
	fmt.Println(sum == float64(3*accelerator.DeviceCount()))
	// Output: true
}

// A second stream, on any accelerator.
func ExampleWithStream() {
	x := torch.Full([]int64{3}, 2.0)
	if accelerator.IsAvailable() {
		s := torch.NewStream()
		accelerator.WithStream(s, func() { x = torch.Ones([]int64{3}, s.Device()).Mul_(2) })
		s.Synchronize()
	}
	fmt.Println(x.Sum().Item())
	// Output: 6
}
