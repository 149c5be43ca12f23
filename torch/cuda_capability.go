package torch

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wangkuiyi/gotorch/csrc"
)

// Compute capabilities, of GPUs and of the kernels in libtorch_cuda.so, as the number
// that has both digits: 90 is 9.0.

// A gpuRange is the GPUs that run kernels made for one capability.
type gpuRange struct {
	from, except int   // from this one to the end of its generation, without that one; or
	only         []int // just these
}

func (r gpuRange) has(gpu int) bool {
	if r.only != nil {
		return slices.Contains(r.only, gpu)
	}
	return gpu/10 == r.from/10 && gpu >= r.from && gpu != r.except
}

// String returns what Python prints: ">=8.0,<9.0".
func (r gpuRange) String() string {
	if r.only != nil {
		var texts []string
		for _, c := range r.only {
			texts = append(texts, capabilityText(c))
		}
		return "{" + strings.Join(texts, ", ") + "}"
	}
	text := fmt.Sprintf(">=%s,<%d.0", capabilityText(r.from), r.from/10+1)
	if r.except != 0 {
		text += " except {" + capabilityText(r.except) + "}"
	}
	return text
}

func capabilityText(c int) string { return fmt.Sprintf("%d.%d", c/10, c%10) }

// gpusFor returns which GPUs run kernels made for a capability, with this version of
// CUDA, such as 13020 for 13.2.
func gpusFor(kernels, cuda int) gpuRange {
	jetsons := map[int]int{50: 53, 52: 53, 60: 62, 61: 62, 70: 72, 80: 87, 86: 87, 100: 101}
	switch {
	case slices.Contains([]int{53, 62, 72, 87}, kernels):
		return gpuRange{only: []int{kernels}}
	case kernels == 101 || kernels == 110: // the one was renamed to the other
		return gpuRange{only: []int{101, 110}}
	case cuda >= 13020 && slices.Contains([]int{70, 80, 86}, kernels):
		return gpuRange{from: kernels}
	}
	return gpuRange{from: kernels, except: jetsons[kernels]}
}

var (
	kernelArchitecture   = regexp.MustCompile(`arch=compute_\d+\w?,code=\w+_(\d+)`)
	entryCudaProperties  = csrc.Entry("cuda::device_properties(int device) -> int[]")
	entryCudaDeviceName  = csrc.Entry("cuda::device_name(int device) -> str")
	entryCudaForCompiled = csrc.Entry("cuda::compiled_version() -> int")
)

// warnOfOldDevices warns, as Python does when CUDA is started, of GPUs for which libtorch
// has no kernels.
func warnOfOldDevices() {
	var kernels []int
	for _, m := range kernelArchitecture.FindAllStringSubmatch(ShowConfig(), -1) {
		if c, err := strconv.Atoi(m[1]); err == nil && !slices.Contains(kernels, c) {
			kernels = append(kernels, c)
		}
	}
	cuda := intOf(entryCudaForCompiled)
	for i := range CudaDeviceCount() {
		var f, g frame
		f.PutInt(int64(i))
		f.call(entryCudaProperties)
		numbers := f.TakeInts()
		g.PutInt(int64(i))
		g.call(entryCudaDeviceName)
		if text := withoutKernels(i, g.TakeString(), int(10*numbers[0]+numbers[1]), kernels, cuda); text != "" {
			Warn("%s", text)
		}
	}
}

// withoutKernels says that none of these kernels run on a GPU, or returns "".
func withoutKernels(index int, name string, gpu int, kernels []int, cuda int) string {
	if len(kernels) == 0 || slices.ContainsFunc(kernels, func(k int) bool { return gpusFor(k, cuda).has(gpu) }) {
		return ""
	}
	lines := []string{
		fmt.Sprintf("Found GPU%d %s which is of compute capability (CC) %s.", index, name, capabilityText(gpu)),
		"The following list shows the CCs this version of PyTorch was built for and the hardware CCs it supports:",
	}
	for _, k := range kernels {
		lines = append(lines, fmt.Sprintf("- %s which supports hardware CC %s", capabilityText(k), gpusFor(k, cuda)))
	}
	return strings.Join(append(lines, "Install a libtorch that has kernels for this GPU: "+csrc.InstallCommand+" --cuda --from DIR"), "\n")
}
