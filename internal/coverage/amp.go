package main

import (
	"encoding/json"
	"slices"
	"strings"
)

// ampSections are those of torch.amp, and the functions of torch that are about
// autocast.
func ampSections() ([]section, error) {
	var names struct {
		Amp        []string
		GradScaler []string `json:"amp.GradScaler"`
		Torch      struct {
			Functions []string `json:"functions_all"`
		}
	}
	if err := json.Unmarshal(pytorch, &names); err != nil {
		return nil, err
	}
	others := func(name string) bool { return !strings.Contains(name, "autocast") }
	functions := slices.DeleteFunc(slices.Clone(names.Torch.Functions), others)
	for _, name := range functions {
		key := ofAutocast + "." + name
		switch {
		case strings.HasPrefix(name, "set_"), strings.HasSuffix(name, "_nesting"):
			leftOut[key] = "modes are closures: amp.Autocast"
		case strings.Count(name, "_") > 2 && name != "is_autocast_cache_enabled":
			leftOut[key] = "deprecated for the function that takes the type of device"
		}
	}
	return []section{
		{"torch.amp", names.Amp, "amp", ""},
		{"torch.amp.GradScaler, methods", names.GradScaler, "amp", "GradScaler"},
		{ofAutocast, functions, "torch", ""},
	}, nil
}

const ofAutocast = "torch, of autocast"
