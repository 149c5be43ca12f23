/*
Package accelerator works with the devices of whichever accelerator libtorch has:
CUDA, MPS or XPU. It is Python's torch.accelerator. A program that uses it, rather
than package cuda, runs on all of them:

	if d := accelerator.CurrentAccelerator(accelerator.CheckAvailable(true)); d != (torch.Device{}) {
		model.To(d)
	}

# The current device and stream

Each goroutine has a current device, on which tensors are made that ask for one
without an index, and for each device a current stream. Both are set for the time
of a function: [WithDevice], [WithStream]. Python's set_device_index and set_stream
have no counterpart, since a goroutine moves between threads, where libtorch keeps
them. Goroutines start with device 0 and the default streams;
[torch.CaptureState] hands them on.

# Devices as arguments

Functions about one device take it as their last argument, and without one mean the
current device. A device of another type panics.
*/
package accelerator
