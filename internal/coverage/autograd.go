package main

import "encoding/json"

// autogradSections are those of torch.autograd, without its forward mode and
// functional, and of torch.utils.checkpoint.
func autogradSections() ([]section, error) {
	var names struct {
		Autograd struct {
			Function, Anomaly, Autograd, Gradcheck, Graph []string
			GradMode                                      []string `json:"grad_mode"`
		}
		Checkpoint []string `json:"utils.checkpoint"`
	}
	if err := json.Unmarshal(pytorch, &names); err != nil {
		return nil, err
	}
	return []section{
		{"torch.autograd", names.Autograd.Autograd, "autograd", ""},
		{"torch.autograd.Function", names.Autograd.Function, "torch", "FunctionCtx"},
		{"torch.autograd.graph", names.Autograd.Graph, "autograd", ""},
		{"torch.autograd.grad_mode", names.Autograd.GradMode, "torch", ""},
		{"torch.autograd.gradcheck", names.Autograd.Gradcheck, "autograd", ""},
		{"torch.autograd.anomaly_mode", names.Autograd.Anomaly, "autograd", ""},
		{"torch.utils.checkpoint", names.Checkpoint, "utils/checkpoint", ""},
	}, nil
}

func init() {
	for name, other := range map[string]string{
		"torch.autograd.backward": "torch.Backward", "torch.autograd.grad": "torch.Grad", "torch.autograd.no_grad": "torch.NoGrad",
		"torch.autograd.enable_grad": "torch.EnableGrad", "torch.autograd.inference_mode": "torch.InferenceMode",
		"FunctionCtx.apply": "autograd.Apply", "FunctionCtx.forward": "autograd.Function", "FunctionCtx.backward": "autograd.Function",
		"FunctionCtx.jvp": "autograd.Function", "FunctionCtx.setup_context": "autograd.Function", "FunctionCtx.vmap": "autograd.Function",
		"FunctionCtx.generate_vmap_rule": "autograd.GenerateVmapRule", "FunctionCtx.name": "torch.Node",
		"FunctionCtx.next_functions": "torch.Node", "FunctionCtx.register_hook": "torch.Node",
		"FunctionCtx.register_prehook":                        "torch.Node",
		"torch.autograd.grad_mode.enforce_grad_layout_policy": "autograd.EnforceGradLayoutPolicy",
	} {
		renamed[name] = other
	}
	const (
		graphs    = "captured into graphs by torch.compile"
		setter    = "modes are closures"
		namespace = "a Python module or class that only holds others"
		attribute = "the attribute behind a method of FunctionCtx"
		devices   = "for streams of accelerators"
		dispatch  = "needs a dispatch mode in which Go sees every operator"
		helper    = "a part of checkpoint"
	)
	for name, reason := range map[string]string{
		"torch.autograd.NestedIOFunction": "for nested tuples of Python", "torch.autograd.Variable": "deprecated for Tensor",
		"torch.autograd.variable": namespace, "torch.autograd.grad_mode": namespace,
		"torch.autograd.set_detect_anomaly": setter + ": DetectAnomaly", "torch.autograd.set_grad_enabled": setter,
		"torch.autograd.set_multithreading_enabled":           devices,
		"torch.autograd.anomaly_mode.set_detect_anomaly":      setter + ": DetectAnomaly",
		"torch.autograd.grad_mode.set_grad_enabled":           setter,
		"torch.autograd.grad_mode.set_multithreading_enabled": devices,
		"FunctionCtx.boxed_grads_call":                        graphs, "FunctionCtx.clear_saved_tensors_on_access": graphs,
		"FunctionCtx.maybe_clear_saved_tensors": graphs, "FunctionCtx.dirty_tensors": attribute,
		"FunctionCtx.non_differentiable": attribute, "FunctionCtx.to_save": attribute, "FunctionCtx.saved_for_forward": attribute,
		"FunctionCtx.output_grad_dtypes": attribute,
		"FunctionCtx.materialize_grads":  attribute, "FunctionCtx.saved_variables": "deprecated for saved_tensors",
		"FunctionCtx.mark_shared_storage": "deprecated, does nothing", "FunctionCtx.vjp": "another name of backward",
		"FunctionCtx.requires_grad": "Python's constant of a node", "FunctionCtx.metadata": "a Python dictionary; Data is for any value",
		"torch.autograd.graph.allow_mutation_on_saved_tensors":        dispatch,
		"torch.autograd.graph.region_activation_memory_budget":        graphs,
		"torch.utils.checkpoint.CheckpointError":                      "the Kind of an Error",
		"torch.utils.checkpoint.CheckpointPolicy":                     dispatch,
		"torch.utils.checkpoint.GraphExecGroup":                       graphs,
		"torch.utils.checkpoint.SAC_IGNORED_OPS":                      dispatch,
		"torch.utils.checkpoint.SelectiveCheckpointContext":           dispatch,
		"torch.utils.checkpoint.create_selective_checkpoint_contexts": dispatch,
		"torch.utils.checkpoint.set_checkpoint_debug_enabled":         dispatch,
		"torch.utils.checkpoint.set_checkpoint_early_stop":            "the option EarlyStop",
		"torch.utils.checkpoint.DefaultDeviceType":                    helper,
		"torch.utils.checkpoint.check_backward_validity":              helper,
		"torch.utils.checkpoint.detach_variable":                      helper,
		"torch.utils.checkpoint.get_device_states":                    helper,
		"torch.utils.checkpoint.noop_context_fn":                      helper,
		"torch.utils.checkpoint.set_device_states":                    helper,
	} {
		leftOut[name] = reason
	}
}
