package main

import "maps"

// What is to be said of torch.backends and torch.nn.attention.

func init() {
	const (
		setters = "each setting has a function; Flags sets several"
		pythons = "how Python makes attributes of settings"
		amd     = "for AMD's GPUs"
		apple   = "for Apple's GPUs, of which libgotorch knows no more"
		fa      = "for Python packages with other versions of flash attention"
	)
	maps.Copy(renamed, map[string]string{
		"torch.backends.fp32_precision":  "GetFp32Precision",
		"torch.backends.mkl.VERBOSE_OFF": "VerboseOff", "torch.backends.mkl.VERBOSE_ON": "VerboseOn",
		"torch.backends.mkldnn.VERBOSE_OFF": "VerboseOff", "torch.backends.mkldnn.VERBOSE_ON": "VerboseOn",
		"torch.backends.mkldnn.VERBOSE_ON_CREATION": "VerboseOnCreation", "torch.backends.cuda.cuFFTPlanCacheManager": "CufftPlanCache", "torch.backends.cuda.cuBLASModule": "MatmulSettings",
		"torch.nn.attention.WARN_FOR_UNFUSED_KERNELS": "WarnForUnfusedKernels",
		"torch.backends.cudnn.rnn.fp32_precision":     "RNN",
	})
	maps.Copy(leftOut, map[string]string{
		"torch.backends.cudnn.set_flags": setters, "torch.backends.mkldnn.set_flags": setters,
		"torch.backends.cuda.is_ck_sdpa_available": amd, "torch.backends.cuda.preferred_rocm_fa_library": amd,
		"torch.backends.cuda.sdp_kernel":    "deprecated for attention.SdpaKernel",
		"torch.backends.mps.get_core_count": apple, "torch.backends.mps.get_name": apple,
		"torch.backends.mps.is_macos13_or_newer": apple, "torch.backends.mps.is_macos_or_newer": apple,
		"torch.backends.ContextProp": pythons, "torch.backends.cuda.cuFFTPlanCacheAttrContextProp": pythons,
		"torch.backends.cudnn.rnn.Unserializable": pythons, "torch.backends.cudnn.rnn.ContextProp": pythons, "torch.backends.cudnn.CUDNN_TENSOR_DTYPES": "a part of is_acceptable",
		"torch.backends.cudnn.rnn.get_cudnn_mode":     "a part of Python's layers",
		"torch.backends.cudnn.rnn.init_dropout_state": "a part of Python's layers",
		"torch.backends.set_flags":                    setters, "torch.backends.nnpack.set_flags": setters,
		"torch.backends.disable_global_flags":                 "forbids PyTorch's own tests to set settings otherwise than by flags",
		"torch.backends.flags_frozen":                         "for disable_global_flags",
		"torch.nn.attention.flex_attention.FlexKernelOptions": "for the kernels of torch.compile",
		"torch.nn.attention.activate_flash_attention_impl":    fa, "torch.nn.attention.current_flash_attention_impl": fa,
		"torch.nn.attention.list_flash_attention_impls": fa, "torch.nn.attention.register_flash_attention_impl": fa,
		"torch.nn.attention.restore_flash_attention_impl": fa,
	})
}
