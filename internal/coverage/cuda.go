package main

import (
	"encoding/json"
	"maps"
)

// cudaSections are those of torch.accelerator and torch.cuda.
func cudaSections() ([]section, error) {
	var names struct {
		Accelerator []string            `json:"torch.accelerator"`
		CUDA        map[string][]string `json:"cuda"`
	}
	if err := json.Unmarshal(pytorch, &names); err != nil {
		return nil, err
	}
	list := []section{{"torch.accelerator", names.Accelerator, "accelerator", ""}}
	for _, group := range []struct{ key, title string }{
		{"device/misc", "torch.cuda"}, {"stream/event", "torch.cuda.streams"}, {"memory", "torch.cuda.memory"},
		{"random", "torch.cuda.random"}, {"module torch.cuda.graphs", "torch.cuda.graphs"},
	} {
		list = append(list, section{group.title, names.CUDA[group.key], "cuda", ""})
	}
	return append(list, section{"torch.cuda.nvtx", names.CUDA["module torch.cuda.nvtx"], "cuda/nvtx", ""}), nil
}

const (
	withDevice = "modes are closures: WithDevice"
	withStream = "modes are closures: WithStream"
	runtimeAPI = "CUDA's runtime for Python code; errors are *torch.Error"
	handles    = "for Python code that calls NVIDIA's libraries"
	oldName    = "deprecated name"
)

func init() {
	maps.Copy(renamed, map[string]string{
		"torch.accelerator.device_index": "WithDeviceIndex",
		"torch.cuda.default_generators":  "torch.DefaultGenerator", "torch.cuda.device": "WithDevice",
		"torch.cuda.device_of": "WithDeviceOf", "torch.cuda.streams.stream": "WithStream",
		"torch.cuda.streams.get_stream_from_external":  "ExternalStream",
		"torch.cuda.memory.caching_allocator_disabled": "WithCachingAllocatorDisabled",
		"torch.cuda.memory.CUDAPluggableAllocator":     "PluggableAllocator",
		"torch.cuda.graphs.graph":                      "Capture",
	})
	maps.Copy(leftOut, map[string]string{
		"torch.accelerator.Graph":                       "PyTorch 2.15 refuses it for CUDA; package cuda has graphs",
		"torch.cuda.GreenContext":                       "libtorch's package lacks its header",
		"torch.cuda.graphs.export_graph_data":           "a pickle for Python's profilers",
		"torch.cuda.graphs.register_graph_destroy_hook": "tells the numbers that CUPTI gives to graphs; RegisterDestroyCallback",
		"torch.accelerator.current_device_idx":          oldName, "torch.accelerator.set_device_idx": oldName,
		"torch.accelerator.set_device_index": withDevice, "torch.accelerator.set_stream": withStream,
		"torch.cuda.set_device": withDevice, "torch.cuda.streams.set_stream": withStream,
		"torch.cuda.streams.StreamContext": withStream, "torch.cuda.CudaError": runtimeAPI, "torch.cuda.check_error": runtimeAPI,
		"torch.cuda.cudaStatus": runtimeAPI, "torch.cuda.cudart": runtimeAPI,
		"torch.cuda.DeferredCudaCallError": "calls are not put off until CUDA is started",
		"torch.cuda.current_blas_handle":   handles, "torch.cuda.current_solver_handle": handles,
		"torch.cuda.has_half": "always true", "torch.cuda.has_magma": "how libtorch was built: torch.ShowConfig",
		"torch.cuda.ipc_collect":                     processes,
		"torch.cuda.memory.caching_allocator_enable": "modes are closures: WithCachingAllocatorDisabled",
		"torch.cuda.memory.max_memory_cached":        oldName, "torch.cuda.memory.memory_cached": oldName,
		"torch.cuda.memory.reset_max_memory_allocated": "deprecated for reset_peak_memory_stats",
		"torch.cuda.memory.reset_max_memory_cached":    "deprecated for reset_peak_memory_stats",
	})
}
