package nn

import (
	"strings"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// SwapTensors puts other tensors in the places of parameters and buffers, by
// their names, and returns what was there. It ignores names that a module does
// not have. Package functorch calls modules with other parameters so.
func (m *Module) SwapTensors(tensors map[string]*torch.Tensor, _ option.Marker) (before map[string]*torch.Tensor) {
	m.ready("module")
	places := map[string]**torch.Tensor{}
	for name := range tensors { // first all, as one may fail
		dot := strings.LastIndexByte(name, '.')
		owner := m.GetSubmodule(name[:max(dot, 0)]).AsModule()
		if place := owner.tensorPlace(name[dot+1:]); place != nil {
			places[name] = place
		}
	}
	before = make(map[string]*torch.Tensor, len(places))
	for name, place := range places {
		before[name] = *place
		*place = tensors[name]
	}
	return before
}

// tensorPlace returns where the module keeps the parameter or buffer with this
// key, or nil.
func (m *Module) tensorPlace(key string) **torch.Tensor {
	if f := m.layout.byKey[key]; f != nil && f.kind == tensorMember {
		return f.tensor(m.base)
	}
	for i := range m.parameters {
		if m.parameters[i].key == key {
			return &m.parameters[i].tensor
		}
	}
	for i := range m.buffers {
		if m.buffers[i].key == key {
			return &m.buffers[i].tensor
		}
	}
	return nil
}
