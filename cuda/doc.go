/*
Package cuda works with NVIDIA's GPUs: Python's torch.cuda. What every accelerator
can do is in package accelerator, too.

	if cuda.IsAvailable() {
		model.Cuda()
	}

# Where CUDA comes from

The same program runs with a libtorch for CPU and one with CUDA. Where libgotorch was
installed with --cuda and there is a driver, libtorch_cuda.so is opened before the
first operator; the environment variable GOTORCH_DEVICE=cpu forbids that, and
GOTORCH_DEVICE=cuda, or [Init] as the first call, opens it without looking for a
driver. Functions of this package then start CUDA when they need it, as in Python.
Where they cannot, they panic with a *torch.Error in Python's words; [IsAvailable]
and [DeviceCount] never panic.

# Devices and streams

The current device and the current streams hold for a goroutine, and for the time of
a function: [WithDevice], [WithStream]. There is no SetDevice: a program that is to
use one device in all its goroutines is started with CUDA_VISIBLE_DEVICES. Goroutines
start with device 0 and the default streams; [torch.CaptureState] hands them on.

Functions about one device take it as their last argument, and without one mean the
current device.
*/
package cuda
