package nn

import (
	"iter"
	"slices"
)

// ModuleDict holds modules of some type by name, in the order in which they were
// set. Python's nn.ModuleDict:
//
//	choices := nn.NewModuleDict[nn.Layer]().
//		Set("conv", nn.NewConv2d(10, 10, 3)).
//		Set("pool", nn.NewMaxPool2d(3))
//	x = choices.At("conv").Forward(x)
type ModuleDict[T AnyModule] struct{ Module }

// NewModuleDict returns an empty [ModuleDict].
func NewModuleDict[T AnyModule]() *ModuleDict[T] {
	d := &ModuleDict[T]{}
	d.Init(d)
	return d
}

// Set stores a module: in the place that the key has, or else at the end. It
// returns d. A key with a dot, or an empty one, panics.
func (d *ModuleDict[T]) Set(key string, module T) *ModuleDict[T] {
	d.AddModule(key, module)
	return d
}

// At returns the module with this key, Python's d[key]. If there is none it panics
// with a KeyError.
func (d *ModuleDict[T]) At(key string) T { return as[T](d.modules[d.find(key)].module) }

func (d *ModuleDict[T]) find(key string) int {
	i := slices.IndexFunc(d.modules, func(c namedModule) bool { return c.key == key })
	if i < 0 {
		raise("KeyError", "'%s'", key)
	}
	return i
}

// Has reports whether there is a module with this key, Python's key in d.
func (d *ModuleDict[T]) Has(key string) bool { return d.has(key) }

// Len returns the number of modules.
func (d *ModuleDict[T]) Len() int { return len(d.modules) }

// Delete removes a key, Python's del d[key]. If there is none it panics with a
// KeyError.
func (d *ModuleDict[T]) Delete(key string) { d.Pop(key) }

// Pop removes a key and returns its module. If there is none it panics with a
// KeyError.
func (d *ModuleDict[T]) Pop(key string) T {
	i := d.find(key)
	module := as[T](d.modules[i].module)
	d.modules = slices.Delete(d.modules, i, i+1)
	return module
}

// Clear removes all modules.
func (d *ModuleDict[T]) Clear() { d.modules = nil }

// All yields the keys and modules in order, Python's items.
func (d *ModuleDict[T]) All() iter.Seq2[string, T] {
	return func(yield func(string, T) bool) {
		for _, c := range d.modules {
			if !yield(c.key, as[T](c.module)) {
				return
			}
		}
	}
}

// Keys returns the keys in order.
func (d *ModuleDict[T]) Keys() []string {
	keys := make([]string, len(d.modules))
	for i, c := range d.modules {
		keys[i] = c.key
	}
	return keys
}

// Values returns the modules in order.
func (d *ModuleDict[T]) Values() []T {
	values := make([]T, len(d.modules))
	for i, c := range d.modules {
		values[i] = as[T](c.module)
	}
	return values
}

// Update sets what other has, and returns d.
func (d *ModuleDict[T]) Update(other *ModuleDict[T]) *ModuleDict[T] {
	for key, module := range other.All() {
		d.Set(key, module)
	}
	return d
}
