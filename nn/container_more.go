package nn

import (
	"slices"
	"strconv"
)

// Concat returns a [Sequential] of the layers of s and of other, Python's s + other.
func (s *Sequential) Concat(other *Sequential) *Sequential {
	all := NewSequential()
	all.appendModules(s.modules, other.modules)
	return all
}

// Repeat returns a [Sequential] that has the layers of s n times, Python's s * n.
// They are the same layers each time. An n that is not positive panics.
func (s *Sequential) Repeat(n int) *Sequential {
	if n <= 0 {
		raise("ValueError", "Non-positive multiplication factor %d for <class 'torch.nn.modules.container.Sequential'>", n)
	}
	all := NewSequential()
	for range n {
		all.appendModules(s.modules)
	}
	return all
}

// Delete removes the layers from start to end, end excluded, with the meaning that
// these have in [Sequential.Slice]. The others get their numbers as keys. Python's
// del s[start:end].
func (s *Sequential) Delete(start, end int) { s.deleteModules(start, end) }

// Concat returns a list of the modules of l and of other, Python's l + other.
func (l *ModuleList[T]) Concat(other *ModuleList[T]) *ModuleList[T] {
	all := NewModuleList[T]()
	all.appendModules(l.modules, other.modules)
	return all
}

// Delete removes the modules from start to end, end excluded, with the meaning
// that these have in [Sequential.Slice]. The others get their numbers as keys.
// Python's del l[start:end].
func (l *ModuleList[T]) Delete(start, end int) { l.deleteModules(start, end) }

func (m *Module) appendModules(lists ...[]namedModule) {
	for _, c := range slices.Concat(lists...) {
		m.AddModule(strconv.Itoa(len(m.modules)), c.module)
	}
}

func (m *Module) deleteModules(start, end int) {
	n := len(m.modules)
	start = place(start, n)
	m.modules = slices.Delete(m.modules, start, max(start, place(end, n)))
	for i := range m.modules {
		m.modules[i].key = strconv.Itoa(i)
	}
}
