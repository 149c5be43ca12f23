package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	deviceCount     = csrc.Entry("cuda::device_count_ensured() -> int")
	driverVersion   = csrc.Entry("cuda::driver_version() -> int")
	runtimeVersion  = csrc.Entry("cuda::runtime_version() -> int")
	compiledVersion = csrc.Entry("cuda::compiled_version() -> int")
)

const (
	getDriver = "install NVIDIA's driver, or give a container the host's: docker run --gpus all"
	getCUDA   = csrc.InstallCommand + " --cuda"
)

// reportCUDA prints the state of CUDA and, where something is amiss, a line on
// what helps. It returns false if CUDA was to work and does not.
func reportCUDA(r report, library string) (healthy bool) {
	switch err := csrc.CUDA(); {
	case errors.Is(err, csrc.ErrCPUOnly):
		return r.remedy(true, "this is a CPU-only install", "to use GPUs: "+getCUDA)
	case errors.Is(err, csrc.ErrSwitchedOff):
		return r.remedy(true, "switched off by "+csrc.DeviceVariable+"=cpu", "to use GPUs: unset "+csrc.DeviceVariable)
	case errors.Is(err, csrc.ErrNoDriver):
		return r.remedy(true, "not opened, as there is no NVIDIA driver", "to use GPUs: "+getDriver)
	case err != nil:
		return r.remedy(false, err.Error(), "install it anew: "+getCUDA)
	}
	r.line("libgotorch_cuda", "%s", filepath.Join(filepath.Dir(library), "libgotorch_cuda.so"))
	driver, err := askCUDA(driverVersion)
	if err != nil {
		return r.remedy(false, err.Error(), "see what nvidia-smi says")
	}
	return reportDevices(r, driver)
}

// reportDevices prints the devices, of which each has to pass a test.
func reportDevices(r report, driver int64) (healthy bool) {
	count, err := askCUDA(deviceCount)
	if err != nil {
		return r.noDevices(driver, err)
	}
	r.line("cuda", "%s, %s", countOf(count, "device"), versions(driver))
	healthy = true
	for i := range int(count) {
		device := torch.CUDA(i)
		name := device.String()
		description, err := describe(device)
		if err == nil {
			err = runTests(deviceTests(device))
		}
		if err != nil {
			healthy = false
			r.line(name, "%sFAILED: %v", description, err)
			r.line("", "to go on without it: CUDA_VISIBLE_DEVICES, or %s=cpu", csrc.DeviceVariable)
			continue
		}
		r.line(name, "%spassed its tests", description)
	}
	return healthy
}

// noDevices says why there are none. A machine without a driver, or with all
// devices hidden, is in order.
func (r report) noDevices(driver int64, err error) (healthy bool) {
	problem := err.Error()
	switch hidden, set := os.LookupEnv("CUDA_VISIBLE_DEVICES"); {
	case driver == 0:
		return r.remedy(true, "no NVIDIA driver; "+versions(driver), "to use GPUs: "+getDriver)
	case strings.Contains(problem, "too old"):
		return r.remedy(false, "the driver is too old; "+versions(driver), "update it, or install a libtorch for an older CUDA")
	case strings.Contains(problem, "No CUDA GPUs are available") && set:
		return r.remedy(true, "no device; "+versions(driver), fmt.Sprintf("CUDA_VISIBLE_DEVICES=%s hides them", hidden))
	case strings.Contains(problem, "No CUDA GPUs are available"):
		return r.remedy(true, "no device; "+versions(driver), "see whether nvidia-smi -L lists one")
	}
	return r.remedy(false, problem+"; "+versions(driver), "see what nvidia-smi says")
}

func (r report) remedy(healthy bool, problem, remedy string) bool {
	r.line("cuda", "%s", problem)
	r.line("", "%s", remedy)
	return healthy
}

// versions tells the versions of CUDA that play a part; the driver's is the newest
// that it can run.
func versions(driver int64) string {
	runtime, _ := askCUDA(runtimeVersion)
	compiled, _ := askCUDA(compiledVersion)
	parts := []string{"runtime " + dotted(runtime), "compiled with " + dotted(compiled)}
	if driver > 0 {
		parts = append([]string{"driver for CUDA up to " + dotted(driver) + driverRelease()}, parts...)
	}
	return strings.Join(parts, ", ")
}

// dotted writes a version as CUDA counts, 13020, as people do, 13.2.
func dotted(version int64) string { return fmt.Sprintf("%d.%d", version/1000, version%1000/10) }

// driverFile is where the driver's kernel module tells about itself; not under WSL.
var driverFile = "/proc/driver/nvidia/version"

// driverRelease returns the number of the driver's release, such as " (580.65.06)",
// or nothing.
func driverRelease() string {
	content, err := os.ReadFile(driverFile)
	if err != nil {
		return ""
	}
	for _, word := range strings.Fields(string(content)) {
		if first, _, dotted := strings.Cut(word, "."); dotted && strings.Trim(first, "0123456789") == "" {
			return " (" + word + ")"
		}
	}
	return ""
}

// describe returns a device's name, memory and capability, to be followed by more.
func describe(device torch.Device) (description string, err error) {
	err = torch.Try(func() {
		p := cuda.GetDeviceProperties(device)
		description = fmt.Sprintf("%s, %.1f GB, capability %d.%d, ", p.Name, float64(p.TotalMemory)/(1<<30), p.Major, p.Minor)
	})
	return description, err
}

// askCUDA calls an entry without arguments.
func askCUDA(entry *csrc.Function) (int64, error) {
	var f csrc.Frame
	if err := errorOf(f.Call(entry)); err != nil {
		return 0, err
	}
	return f.TakeInt(), nil
}

// errorOf leaves out warnings, which tell the same as the error after them.
func errorOf(report *csrc.Report) error {
	if report == nil || report.Error == "" {
		return nil
	}
	return errors.New(report.Error)
}

func countOf(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
