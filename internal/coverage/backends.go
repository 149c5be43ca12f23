package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// backendSections are those of torch.backends and torch.nn.attention.
func backendSections() ([]section, error) {
	var names struct {
		Backends map[string][]string `json:"backends"`
	}
	if err := json.Unmarshal(pytorch, &names); err != nil {
		return nil, err
	}
	var list []section
	for _, key := range slices.Sorted(maps.Keys(names.Backends)) {
		title, pkg := "torch.backends."+key, "backends/"+key
		switch {
		case key == "(root)":
			title, pkg = "torch.backends", "backends"
		case strings.HasPrefix(key, "torch."):
			title, pkg = key, strings.ReplaceAll(strings.TrimPrefix(key, "torch."), ".", "/")
		}
		list = append(list, section{title, names.Backends[key], pkg, ""})
	}
	return list, nil
}

func init() {
	const (
		setters = "each setting has a function; Flags sets several"
		amd     = "for AMD's GPUs"
		apple   = "for Apple's GPUs, of which libgotorch knows no more"
		fa      = "for Python packages with other versions of flash attention"
	)
	maps.Copy(renamed, map[string]string{
		"torch.backends.fp32_precision":  "GetFp32Precision",
		"torch.backends.mkl.VERBOSE_OFF": "VerboseOff", "torch.backends.mkl.VERBOSE_ON": "VerboseOn",
		"torch.backends.mkldnn.VERBOSE_OFF": "VerboseOff", "torch.backends.mkldnn.VERBOSE_ON": "VerboseOn",
		"torch.backends.mkldnn.VERBOSE_ON_CREATION": "VerboseOnCreation", "torch.backends.cudnn.rnn": "RNN",
	})
	maps.Copy(leftOut, map[string]string{
		"torch.backends.cudnn.set_flags": setters, "torch.backends.mkldnn.set_flags": setters,
		"torch.backends.cuda.is_ck_sdpa_available": amd, "torch.backends.cuda.preferred_rocm_fa_library": amd,
		"torch.backends.cuda.sdp_kernel":    "deprecated for attention.SdpaKernel",
		"torch.backends.mps.get_core_count": apple, "torch.backends.mps.get_name": apple,
		"torch.backends.mps.is_macos13_or_newer": apple, "torch.backends.mps.is_macos_or_newer": apple,
		"torch.nn.attention.WARN_FOR_UNFUSED_KERNELS":      "for Python's subclasses of Tensor that are attention masks",
		"torch.nn.attention.activate_flash_attention_impl": fa, "torch.nn.attention.current_flash_attention_impl": fa,
		"torch.nn.attention.list_flash_attention_impls": fa, "torch.nn.attention.register_flash_attention_impl": fa,
		"torch.nn.attention.restore_flash_attention_impl": fa,
	})
}
