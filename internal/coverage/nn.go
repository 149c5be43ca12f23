package main

import (
	"encoding/json"
	"maps"
	"slices"
)

// nnSections are those of torch.nn besides its modules and functional.
func nnSections() ([]section, error) {
	var names struct {
		NN struct {
			Methods    []string `json:"Module_methods"`
			Hooks      []string `json:"hooks(module_global)"`
			Parameters []string `json:"parameters_other"`
			Utils      map[string][]string
		}
		Init []string `json:"nn.init"`
	}
	if err := json.Unmarshal(pytorch, &names); err != nil {
		return nil, err
	}
	list := []section{
		{"torch.nn.Module, methods", names.NN.Methods, "nn", "Module"},
		{"torch.nn.modules.module", names.NN.Hooks, "nn", ""},
		{"torch.nn.parameter", names.NN.Parameters, "nn", ""},
		{"torch.nn.init", names.Init, "nn/ninit", ""},
	}
	packages := map[string]string{
		"torch.nn.utils.parametrizations": "nn/utils/parametrizations", "torch.nn.utils.parametrize": "nn/utils/parametrize",
		"torch.nn.utils.prune": "nn/utils/prune", "torch.nn.utils.rnn": "nn/utils/rnn", "torch.nn.utils.stateless": "nn/utils/stateless",
	}
	for _, title := range slices.Sorted(maps.Keys(names.NN.Utils)) {
		pkg := packages[title]
		if pkg == "" {
			pkg = "nn/utils"
		}
		list = append(list, section{title, names.NN.Utils[title], pkg, ""})
	}
	return list, nil
}

func init() {
	maps.Copy(renamed, map[string]string{
		"Module.forward": "nn.Layer", "Module.get_extra_state": "nn.ExtraState", "Module.set_extra_state": "nn.ExtraState",
		"torch.nn.parameter.Buffer": "NewBuffer", "torch.nn.parameter.Parameter": "NewParameter",
		"torch.nn.parameter.UninitializedBuffer":    "NewUninitializedBuffer",
		"torch.nn.parameter.UninitializedParameter": "NewUninitializedParameter",
	})
	const (
		python = "of Python's classes"
		old    = "deprecated since PyTorch 0.4 for the name with an underscore"
		part   = "a part of spectral_norm"
	)
	maps.Copy(leftOut, map[string]string{
		"Module.T_destination": python, "Module.call_super_init": python, "Module.dump_patches": python,
		"Module.compile": "compiles Python", "Module.share_memory": processes,
		"Module.ipu": noBackend, "Module.mtia": noBackend,
		"torch.nn.utils.clip_grad_norm": old, "torch.nn.utils.clip_grad.clip_grad_norm": old,
		"torch.nn.utils.spectral_norm.SpectralNormLoadStateDictPreHook": part,
		"torch.nn.utils.spectral_norm.SpectralNormStateDictHook":        part,
	})
	for _, name := range []string{"constant", "dirac", "eye", "kaiming_normal", "kaiming_uniform", "normal", "orthogonal", "sparse",
		"uniform", "xavier_normal", "xavier_uniform"} {
		leftOut["torch.nn.init."+name] = old
	}
}
