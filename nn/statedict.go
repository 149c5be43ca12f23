package nn

import (
	"iter"
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

// A StateDict holds a module's parameters and buffers by name, in order: what
// Python's state_dict returns. It also holds, as Python's _metadata, the version
// of each module's format. The zero StateDict is empty and ready to use.
//
// What it stores survives [torch.Scope].
type StateDict struct {
	keys     []string
	tensors  map[string]*torch.Tensor
	extra    map[string]any // values that are no tensors
	modules  []string       // prefixes of the modules that have versions
	versions map[string]int
}

// NewStateDict returns an empty [StateDict].
func NewStateDict() *StateDict { return &StateDict{} }

// Len returns the number of keys.
func (d *StateDict) Len() int { return len(d.keys) }

// Keys returns the keys in order.
func (d *StateDict) Keys() []string { return slices.Clone(d.keys) }

// Get returns the tensor with this key, or nil.
func (d *StateDict) Get(key string) *torch.Tensor { return d.tensors[key] }

// Has reports whether there is a tensor or extra state with this key.
func (d *StateDict) Has(key string) bool {
	_, tensor := d.tensors[key]
	_, extra := d.extra[key]
	return tensor || extra
}

// Set stores a tensor: in the place that the key has, or else at the end.
func (d *StateDict) Set(key string, t *torch.Tensor) {
	if d.tensors == nil {
		d.tensors = map[string]*torch.Tensor{}
	}
	if !d.Has(key) {
		d.keys = append(d.keys, key)
	}
	delete(d.extra, key)
	d.tensors[key] = torch.Keep(t)
}

// Extra returns the extra state with this key, such as "fc1._extra_state", and
// whether there is any. See [ExtraState].
func (d *StateDict) Extra(key string) (state any, ok bool) {
	if t, ok := d.tensors[key]; ok {
		return t, true
	}
	state, ok = d.extra[key]
	return state, ok
}

// SetExtra stores extra state. A tensor is stored as by [StateDict.Set].
func (d *StateDict) SetExtra(key string, state any) {
	if t, ok := state.(*torch.Tensor); ok {
		d.Set(key, t)
		return
	}
	if d.extra == nil {
		d.extra = map[string]any{}
	}
	if !d.Has(key) {
		d.keys = append(d.keys, key)
	}
	delete(d.tensors, key)
	d.extra[key] = state
}

// copyKey takes over what another dictionary has under a key.
func (d *StateDict) copyKey(from *StateDict, key string) {
	state, _ := from.Extra(key)
	d.SetExtra(key, state)
}

// Delete removes a key. It does nothing if there is none.
func (d *StateDict) Delete(key string) {
	if d.Has(key) {
		delete(d.tensors, key)
		delete(d.extra, key)
		i := slices.Index(d.keys, key)
		d.keys = slices.Delete(d.keys, i, i+1)
	}
}

// All yields the keys and tensors in order. It leaves out extra state.
func (d *StateDict) All() iter.Seq2[string, *torch.Tensor] {
	return func(yield func(string, *torch.Tensor) bool) {
		for _, key := range d.keys {
			if t, ok := d.tensors[key]; ok && !yield(key, t) {
				return
			}
		}
	}
}

// Version returns the version of the format of the module with this name, ""
// being the whole; false if it is not known, as in a dictionary that was made by
// hand.
func (d *StateDict) Version(module string) (version int, ok bool) {
	version, ok = d.versions[module]
	return version, ok
}

// SetVersion sets the version of a module's format.
func (d *StateDict) SetVersion(module string, version int) {
	if d.versions == nil {
		d.versions = map[string]int{}
	}
	if _, ok := d.versions[module]; !ok {
		d.modules = append(d.modules, module)
	}
	d.versions[module] = version
}

// Versions yields the names of the modules and the versions of their formats,
// in order: Python's _metadata.
func (d *StateDict) Versions() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for _, module := range d.modules {
			if !yield(module, d.versions[module]) {
				return
			}
		}
	}
}

// clone returns a copy that shares the tensors, for hooks to change.
func (d *StateDict) clone() *StateDict {
	c := NewStateDict()
	for _, key := range d.keys {
		c.copyKey(d, key)
	}
	for module, version := range d.Versions() {
		c.SetVersion(module, version)
	}
	return c
}
