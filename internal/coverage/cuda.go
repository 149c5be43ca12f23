package main

import (
	"maps"
	"strings"
)

// What is to be said of torch.accelerator and torch.cuda.

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
		"torch.cuda.device_of": "WithDeviceOf", "torch.cuda.stream": "WithStream",
		"torch.nn.attention.varlen.AuxRequest": "VarlenAttnAux", "torch.cuda.get_stream_from_external": "ExternalStream",
		"torch.cuda.memory.caching_allocator_disabled": "WithCachingAllocatorDisabled",
		"torch.cuda.memory.CUDAPluggableAllocator":     "PluggableAllocator",
		"torch.cuda.graphs.graph":                      "Capture",
	})
	maps.Copy(leftOut, map[string]string{
		"torch.accelerator.graphs.Graph":                "PyTorch 2.15 refuses it for CUDA; package cuda has graphs",
		"torch.cuda.graphs.export_graph_data":           "a pickle for Python's profilers",
		"torch.cuda.graphs.register_graph_destroy_hook": "tells the numbers that CUPTI gives to graphs; RegisterDestroyCallback",
		"torch.accelerator.current_device_idx":          oldName, "torch.accelerator.set_device_idx": oldName,
		"torch.accelerator.set_device_index": withDevice, "torch.accelerator.set_stream": withStream,
		"torch.cuda.set_device": withDevice, "torch.cuda.set_stream": withStream,
		"torch.cuda.StreamContext": withStream, "torch.cuda.CudaError": runtimeAPI, "torch.cuda.check_error": runtimeAPI,
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
	maps.Copy(renamed, map[string]string{
		"GreenContext.create": "cuda.NewGreenContext", "GreenContext.max_workqueue_concurrency": "cuda.MaxWorkqueueConcurrency",
		"GreenContext.split": "cuda.SplitGreenContext", "GreenContext.set_context": "With", "GreenContext.pop_context": "With",
		"SMPartition.from_device": "cuda.SMPartitionFromDevice", "Event.from_ipc_handle": "cuda.EventFromIpcHandle",
		"Stream.priority_range": "cuda.PriorityRange", "BlockMask.from_kv_blocks": "flexattention.BlockMaskFromKvBlocks",
		"Stream.device_index": "Device", "Stream.device_type": "Device",
	})
	const (
		locality    = "for drivers of CUDA 13.4, whose headers this libtorch does not ask for"
		conditional = "work in a graph that depends on values: captured from torch.compile's cond and while_loop"
		group       = "between processes: torch.distributed"
		offline     = "starts a process for each GPU, which calls tune_gemm_in_file"
	)
	maps.Copy(leftOut, map[string]string{
		"GreenContext.locality_domain_id": locality, "SMPartition.locality_domain_id": locality,
		"torch.cuda.green_contexts.get_num_locality_domains": locality, "torch.cuda.green_contexts.is_localization_supported": locality,
		"CUDAGraph.begin_capture_to_if_node": conditional, "CUDAGraph.begin_capture_to_while_node": conditional,
		"CUDAGraph.end_capture_to_conditional_node":         conditional,
		"CUDAGraph.set_conditional_handle_for_current_node": conditional,
		"CUDAGraph.capture_end_pre":                         "a half of capture_end; RegisterCaptureEndHook runs between the two",
		"CUDAGraph.capture_end_post":                        "a half of capture_end; RegisterCaptureEndHook runs between the two",
		"CUDAGraph.get_graph_data":                          "a dictionary for Python's profilers, of functions of NVIDIA's Python package",
		"CUDAGraph.get_currently_capturing_graph":           "for kernels of torch.compile",
		"CUDAGraph.register_generator_state":                "a capture registers the generators itself",
		"BlockMask.as_tuple":                                "the fields",
		"torch.cuda.tunable.tune_gemm_in_file":              offline, "torch.cuda.tunable.mgpu_tune_gemm_in_file": offline,
	})
	for _, name := range strings.Fields("all_gather all_reduce broadcast reduce reduce_scatter") {
		leftOut["torch.cuda.nccl."+name] = group + "; package comm has those within one"
	}
	for _, kind := range strings.Fields("BFloat16 Bool Byte Char ComplexDouble ComplexFloat Double Float Half Int Long Short") {
		leftOut["torch.cuda."+kind+"Storage"] = typed
		if strings.HasPrefix(kind, "Complex") {
			continue // PyTorch has no such type
		}
		leftOut["torch.cuda."+kind+"Tensor"] = "legacy types of tensors, deprecated for dtype and device"
	}
}
