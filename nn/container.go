package nn

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/wangkuiyi/gotorch/torch"
)

// Sequential passes its input through layers, one after the other. Python's
// nn.Sequential. The layers' keys are "0", "1", ..., or the names given to
// [NewNamedSequential].
type Sequential struct{ Module }

// NewSequential returns a [Sequential] of these layers.
func NewSequential(layers ...Layer) *Sequential {
	s := &Sequential{}
	s.Init(s)
	return s.Extend(layers...)
}

// A NamedLayer is a layer and its key in a [Sequential]; see [Named].
type NamedLayer struct {
	Name  string
	Layer Layer
}

// Named gives a layer a name in a [Sequential].
func Named(name string, layer Layer) NamedLayer { return NamedLayer{name, layer} }

// NewNamedSequential returns a [Sequential] whose layers have names, Python's
// nn.Sequential(OrderedDict(...)):
//
//	nn.NewNamedSequential(nn.Named("conv1", nn.NewConv2d(1, 20, 5)), nn.Named("relu1", nn.NewReLU()))
func NewNamedSequential(layers ...NamedLayer) *Sequential {
	s := &Sequential{}
	s.Init(s)
	for _, l := range layers {
		s.AddModule(l.Name, l.Layer)
	}
	return s
}

// Forward passes input through all layers, with their hooks.
func (s *Sequential) Forward(input *torch.Tensor) *torch.Tensor {
	if s.hooked() {
		return s.call1(s.forward, input)
	}
	return s.forward(input)
}

func (s *Sequential) forward(input *torch.Tensor) *torch.Tensor {
	for i := range s.modules {
		layer, ok := s.modules[i].module.(Layer)
		if !ok {
			refuseNil(s.modules[i].module)
			raise("NotImplementedError", `Module [%s] is missing the required "forward" function`, s.modules[i].module.AsModule().name())
		}
		input = Call(layer, input)
	}
	return input
}

// Len returns the number of layers.
func (s *Sequential) Len() int { return len(s.modules) }

// At returns a layer; negative indices count from the end. Python's s[i].
func (s *Sequential) At(index int) Layer { return as[Layer](s.modules[s.position(index)].module) }

// as is module.(T), but nil for nil, which is Python's None.
func as[T AnyModule](module AnyModule) (typed T) {
	if module != nil {
		typed = module.(T)
	}
	return typed
}

// Set replaces a layer, Python's s[i] = layer.
func (s *Sequential) Set(index int, layer Layer) { s.modules[s.position(index)].module = orNil(layer) }

// Slice returns a Sequential of the layers from start to end, end excluded,
// with their keys. Negative numbers count from the end, and those outside stand for
// the ends. Python's s[start:end].
func (s *Sequential) Slice(start, end int) *Sequential {
	part := NewSequential()
	part.modules = slices.Clone(sliced(s.modules, start, end))
	return part
}

// sliced returns list[start:end] as Python understands that.
func sliced[T any](list []T, start, end int) []T {
	n := len(list)
	start, end = place(start, n), place(end, n)
	return list[start:max(start, end)]
}

// place returns where in a list of n elements a slice begins or ends.
func place(i, n int) int {
	if i < 0 {
		i += n
	}
	return min(max(i, 0), n)
}

// All yields the layers in order.
func (s *Sequential) All() iter.Seq2[int, Layer] {
	return func(yield func(int, Layer) bool) {
		for i := range s.modules {
			if !yield(i, as[Layer](s.modules[i].module)) {
				return
			}
		}
	}
}

// Append adds a layer at the end, and returns s.
func (s *Sequential) Append(layer Layer) *Sequential { return s.Extend(layer) }

// Extend adds layers at the end, and returns s.
func (s *Sequential) Extend(layers ...Layer) *Sequential {
	for _, layer := range layers {
		s.AddModule(strconv.Itoa(len(s.modules)), layer)
	}
	return s
}

// Insert puts a layer before the one at index, and returns s. The layers from
// there on get the next numbers as keys.
func (s *Sequential) Insert(index int, layer Layer) *Sequential {
	n := len(s.modules)
	if index < -n || index > n {
		raise("IndexError", "Index out of range: %d", index)
	}
	if index < 0 {
		index += n
	}
	if isNil(layer) {
		raise("AssertionError", "module should be of type: <class 'torch.nn.modules.module.Module'>")
	}
	s.insertModule(index, layer)
	return s
}

// Pop removes a layer and returns it. All layers get their numbers as keys.
func (s *Sequential) Pop(index int) Layer { return as[Layer](s.removeModule(s.position(index))) }

// position turns an index, which may be negative, into one of s.modules.
func (m *Module) position(index int) int {
	m.ready("module")
	n := len(m.modules)
	if index < -n || index >= n {
		raise("IndexError", "index %d is out of range", index)
	}
	return (index + n) % n
}

func (m *Module) insertModule(index int, module AnyModule) {
	m.ready("module")
	m.modules = slices.Insert(m.modules, index, namedModule{module: orNil(module)})
	for i := index; i < len(m.modules); i++ {
		m.modules[i].key = strconv.Itoa(i)
	}
}

func (m *Module) removeModule(index int) AnyModule {
	module := m.modules[index].module
	m.modules = slices.Delete(m.modules, index, index+1)
	for i := range m.modules {
		m.modules[i].key = strconv.Itoa(i)
	}
	return module
}

// ModuleList is a list of modules of some type, Python's nn.ModuleList:
//
//	type MLP struct {
//		nn.Module
//		layers *nn.ModuleList[*nn.Linear]
//	}
//
//	for _, layer := range m.layers.All() {
//		x = torch.Relu(layer.Forward(x))
//	}
//
// A list of different layers is an *nn.ModuleList[nn.Layer], and one of any
// modules an *nn.ModuleList[nn.AnyModule].
type ModuleList[T AnyModule] struct{ Module }

// NewModuleList returns a [ModuleList] of these modules.
func NewModuleList[T AnyModule](modules ...T) *ModuleList[T] {
	l := &ModuleList[T]{}
	l.Init(l)
	return l.Extend(modules...)
}

// Len returns the number of modules.
func (l *ModuleList[T]) Len() int { return len(l.modules) }

// At returns a module; negative indices count from the end. Python's l[i].
func (l *ModuleList[T]) At(index int) T { return as[T](l.modules[l.position(index)].module) }

// Set replaces a module, Python's l[i] = module.
func (l *ModuleList[T]) Set(index int, module T) { l.modules[l.position(index)].module = orNil(module) }

// Slice returns a list of the modules from start to end, end excluded, with the
// meaning that these have in [Sequential.Slice]. Python's l[start:end].
func (l *ModuleList[T]) Slice(start, end int) *ModuleList[T] {
	part := NewModuleList[T]()
	for _, m := range sliced(l.modules, start, end) {
		part.Append(as[T](m.module))
	}
	return part
}

// All yields the modules in order.
func (l *ModuleList[T]) All() iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		for i := range l.modules {
			if !yield(i, as[T](l.modules[i].module)) {
				return
			}
		}
	}
}

// Append adds a module at the end, and returns l.
func (l *ModuleList[T]) Append(module T) *ModuleList[T] { return l.Extend(module) }

// Extend adds modules at the end, and returns l.
func (l *ModuleList[T]) Extend(modules ...T) *ModuleList[T] {
	for _, module := range modules {
		l.AddModule(strconv.Itoa(len(l.modules)), module)
	}
	return l
}

// Insert puts a module before the one at index.
func (l *ModuleList[T]) Insert(index int, module T) {
	if index < 0 || index > len(l.modules) {
		raise("IndexError", "index %d is out of range", index)
	}
	l.insertModule(index, module)
}

// Pop removes a module and returns it.
func (l *ModuleList[T]) Pop(index int) T { return as[T](l.removeModule(l.position(index))) }

// String prints the list as Python does, with equal neighbours in one line.
func (l *ModuleList[T]) String() string {
	l.ready("module")
	if len(l.modules) == 0 {
		return l.name() + "()"
	}
	var lines []string
	for start := 0; start < len(l.modules); {
		text := textOf(l.modules[start].module)
		end := start + 1
		for end < len(l.modules) && textOf(l.modules[end].module) == text {
			end++
		}
		line := fmt.Sprintf("(%d): %s", start, text)
		if n := end - start; n > 1 {
			line = fmt.Sprintf("(%d-%d): %d x %s", start, end-1, n, text)
		}
		lines = append(lines, strings.ReplaceAll(line, "\n", "\n  "))
		start = end
	}
	return l.name() + "(\n  " + strings.Join(lines, "\n  ") + "\n)"
}
