package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// autocastSections are the functions of torch that are about autocast.
func autocastSections() ([]section, error) {
	var names struct {
		Torch struct {
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
	return []section{{ofAutocast, functions, "torch", ""}}, nil
}

const ofAutocast = "torch, of autocast"

func init() {
	maps.Copy(leftOut, map[string]string{
		"torch.amp.grad_scaler.OptState":                     "a part of GradScaler",
		"torch.cuda.amp.common.amp_definitely_not_available": "a part of torch.cuda.amp's constructors",
	})
}
