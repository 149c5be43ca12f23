package torch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestCapabilities(t *testing.T) {
	py := parity.Run(t, `
		tables = {13000: torch.cuda.DEVICE_REQUIREMENT, 13020: torch.cuda.DEVICE_REQUIREMENT_POST_JETSON_SBSA_UNIFICATION}
		codes = sorted(tables[13000])
		out["lines"] = [f"{cuda} {code}: {table[code]}: {[gpu for gpu in range(30, 140) if gpu in table[code]]}"
		    for cuda, table in tables.items() for code in codes]
		out["codes"] = codes
	`)
	lines := py.Strings("lines")
	for i, cuda := range []int{13000, 13020} {
		for j, code := range py.Numbers("codes") {
			has, text := torch.GpusFor(int(code), cuda)
			var gpus []string
			for gpu := 30; gpu < 140; gpu++ {
				if has(gpu) {
					gpus = append(gpus, fmt.Sprint(gpu))
				}
			}
			assert.Equal(t, lines[i*len(py.Numbers("codes"))+j],
				fmt.Sprintf("%d %d: %s: [%s]", cuda, int(code), text, strings.Join(gpus, ", ")))
		}
	}
}

// The warning begins as Python's does; its end says how to install another libtorch.
func TestWithoutKernels(t *testing.T) {
	py := parity.Run(t, `
		import warnings
		name, torch.cuda.get_device_name = torch.cuda.get_device_name, lambda d: "NVIDIA Relic"
		with warnings.catch_warnings(record=True) as caught:
		    warnings.simplefilter("always")
		    torch.cuda._warn_unsupported_code(1, 37, [75, 80, 90])
		out["text"], out["cuda"] = str(caught[0].message), torch.version.cuda or ""
		torch.cuda.get_device_name = name
	`)
	if py.Text("cuda") == "" {
		parity.Skip(t, "needs a Python torch with CUDA")
	}
	got := torch.WithoutKernels(1, "NVIDIA Relic", 37, []int{75, 80, 90}, 13020)
	assert.Equal(t, strings.Split(py.Text("text"), "\n")[:5], strings.Split(got, "\n")[:5])
	assert.Contains(t, got, "install_libtorch.sh")
	assert.Empty(t, torch.WithoutKernels(1, "NVIDIA Relic", 86, []int{75, 80, 90}, 13020))
	assert.Empty(t, torch.WithoutKernels(1, "NVIDIA Relic", 86, nil, 13020))
}
