package parametrize

import (
	"reflect"
	"slices"
	"sync"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// Unsafe lets a parametrization change dtype and shape of the tensor, and has it
// not computed for checks at registration. Its default is false.
type Unsafe bool

// LeaveParametrized leaves what was computed in the module, rather than the
// original tensor. Its default is true.
type LeaveParametrized bool

// parametrized is the child of a module that has the lists by name.
type parametrized struct{ nn.Module }

// hookOwner owns the hook that computes a module's tensors before each Forward.
type hookOwner struct{ before string } // what the module was called

func className(m nn.AnyModule) string { return m.AsModule().Name(option.Marker{}) }

// listsOf returns the child with the lists, or nil.
func listsOf(module nn.AnyModule) *parametrized {
	for key, child := range module.AsModule().NamedChildren() {
		if lists, ok := child.(*parametrized); ok && key == "parametrizations" {
			return lists
		}
	}
	return nil
}

// List returns the parametrizations of a tensor, Python's
// module.parametrizations[name], or nil.
func List(module nn.AnyModule, name string) *ParametrizationList {
	lists := listsOf(module)
	if lists == nil {
		return nil
	}
	for key, child := range lists.NamedChildren() {
		if key == name {
			return child.(*ParametrizationList)
		}
	}
	return nil
}

// IsParametrized reports whether the module has a parametrized tensor, or whether
// those with these names are. Python's is_parametrized.
func IsParametrized(module nn.AnyModule, names ...string) bool {
	lists := listsOf(module)
	return lists != nil && len(lists.Children()) > 0 &&
		!slices.ContainsFunc(names, func(name string) bool { return List(module, name) == nil })
}

// RegisterParametrization has a parameter or buffer of a module computed by p
// from what it was, and returns the module. On a tensor that is parametrized
// already p applies to what the others compute. If p is a [RightInverter], the
// original is set so that the tensor keeps its value. Python's
// register_parametrization.
func RegisterParametrization[M nn.AnyModule](module M, name string, p nn.Layer, unsafe ...Unsafe) M {
	add(module, name, p, len(unsafe) > 0 && bool(unsafe[0]))
	return module
}

// RegisterMultiParametrization is [RegisterParametrization] with several
// originals. It must be the first parametrization of the tensor. The originals
// are new parameters, which optimizers do not have yet.
func RegisterMultiParametrization[M nn.AnyModule](module M, name string, p MultiParametrization, unsafe ...Unsafe) M {
	add(module, name, p, len(unsafe) > 0 && bool(unsafe[0]))
	return module
}

func add(module nn.AnyModule, name string, p nn.AnyModule, unsafe bool) {
	if p == nil || reflect.ValueOf(p).IsNil() {
		raise("AttributeError", "'NoneType' object has no attribute 'train'")
	}
	p.Train(module.Training())
	m := module.AsModule()
	var value *torch.Tensor
	if list := List(module, name); list != nil {
		layer, ok := p.(nn.Layer)
		if !ok {
			raise("TypeError", "%s must be the first parametrization of '%s'", className(p), name)
		}
		if !unsafe {
			value = check(layer, name, list.value(m, name))
		}
		list.Append(p)
		list.Unsafe = list.Unsafe || unsafe
	} else {
		value = addFirst(m, name, p, unsafe)
	}
	if value == nil {
		value = List(module, name).Forward()
	}
	m.SetTensor(name, value)
}

// addFirst registers the first parametrization of a tensor.
func addFirst(m *nn.Module, name string, p nn.AnyModule, unsafe bool) (value *torch.Tensor) {
	module := m.Modules()[0]
	original := ownTensor(m, name)
	if original == nil {
		raise("ValueError", "Module '%s' does not have a parameter, a buffer, or a parametrized element with name '%s'", module, name)
	}
	list, value := newList(p, original, unsafe)
	m.DeleteMember(name)
	if !IsParametrized(module) {
		owner := &hookOwner{m.Name(option.Marker{})}
		m.Rename("Parametrized"+owner.before, option.Marker{})
		lists := &parametrized{}
		lists.Init(lists)
		lists.Rename("ModuleDict", option.Marker{})
		m.AddModule("parametrizations", lists)
		m.RegisterOwnedHooks(nn.OwnedHooks{Owner: owner, ForwardPre: forwardPre}, option.Marker{})
	}
	listsOf(module).AddModule(name, list)
	return value
}

// ownTensor returns a module's own parameter or buffer, or nil.
func ownTensor(m *nn.Module, name string) *torch.Tensor {
	for key, t := range m.NamedParameters(nn.Recurse(false), nn.RemoveDuplicate(false)) {
		if key == name {
			return t
		}
	}
	for key, t := range m.NamedBuffers(nn.Recurse(false), nn.RemoveDuplicate(false)) {
		if key == name {
			return t
		}
	}
	return nil
}

// check returns what p computes of a parametrized tensor, which must be alike.
func check(p nn.Layer, name string, before *torch.Tensor) *torch.Tensor {
	after := nn.Call(p, before)
	if after.DType() != before.DType() {
		raise("ValueError", "Registering a parametrization may not change the dtype of the tensor, unless the `unsafe` flag is enabled.\n"+
			"module.%s.dtype: %s\nparametrization(module.%[1]s).dtype: %[3]s", name, before.DType(), after.DType())
	}
	if !slices.Equal(after.Shape(), before.Shape()) {
		raise("ValueError", "Registering a parametrization may not change the shape of the tensor, unless the `unsafe` flag is enabled.\n"+
			"module.%s.shape: %s\nparametrization(module.%[1]s).shape: %[3]s", name, pytext.Size(before.Shape()), pytext.Size(after.Shape()))
	}
	inverter, ok := p.(RightInverter)
	if !ok {
		return after
	}
	inverse := tryRightInverse(inverter, after)
	if inverse.DType() != before.DType() {
		raise("ValueError", "The tensor returned by parametrization.right_inverse must have the same dtype as module.%s, "+
			"unless the `unsafe` flag is enabled.\nmodule.%[1]s.dtype: %s\nreturned dtype: %s", name, before.DType(), inverse.DType())
	}
	if !slices.Equal(inverse.Shape(), before.Shape()) {
		raise("ValueError", "The tensor returned by parametrization.right_inverse must have the same shape as module.%s, "+
			"unless the `unsafe` flag is enabled.\nmodule.%[1]s.shape: %s\nreturned shape: %s", name,
			pytext.Size(before.Shape()), pytext.Size(inverse.Shape()))
	}
	return after
}

// forwardPre computes all parametrized tensors of a module.
func forwardPre(module nn.AnyModule, _ []*torch.Tensor) []*torch.Tensor {
	m := module.AsModule()
	for name, child := range listsOf(module).NamedChildren() {
		m.SetTensor(name, child.(*ParametrizationList).value(m, name))
	}
	return nil
}

// Get computes a parametrized tensor: what reading module.name does in Python.
func Get(module nn.AnyModule, name string) *torch.Tensor {
	return requireList(module, name).value(module.AsModule(), name)
}

// Set sets the originals of a parametrized tensor so that it gets this value, as
// near as the parametrizations can: what the assignment module.name = value does
// in Python. The field has the value until the next Forward computes it.
func Set(module nn.AnyModule, name string, value *torch.Tensor) {
	requireList(module, name).RightInverse(value)
	module.AsModule().SetTensor(name, value.Detach())
}

func requireList(module nn.AnyModule, name string) *ParametrizationList {
	list := List(module, name)
	if list == nil {
		raise("ValueError", "Module %s does not have a parametrization on %s", module, name)
	}
	return list
}

// RemoveParametrizations makes a parametrized tensor a parameter or buffer again,
// with the value that it has, or with LeaveParametrized(false) its original. It
// returns the module. Python's remove_parametrizations.
func RemoveParametrizations[M nn.AnyModule](module M, name string, leave ...LeaveParametrized) M {
	leaving, list, m := len(leave) == 0 || bool(leave[0]), requireList(module, name), module.AsModule()
	original := list.Originals()[0]
	switch {
	case list.tensors > 0 && !leaving:
		raise("ValueError", "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized "+
			"in terms of a sequence of tensors.")
	case list.tensors > 0:
		if original = list.value(m, name); original.RequiresGrad() {
			original = nn.NewParameter(original)
		}
	case leaving:
		torch.NoGrad(func() { original.Set_(list.value(m, name)) })
	}
	m.DeleteMember(name)
	listsOf(module).DeleteMember(name)
	register(m, name, original)
	if IsParametrized(module) {
		return module
	}
	m.DeleteMember("parametrizations")
	for _, owner := range m.HookOwners(option.Marker{}) {
		if o, ok := owner.(*hookOwner); ok {
			m.Rename(o.before, option.Marker{})
			m.RemoveOwnedHooks(o, option.Marker{})
		}
	}
	return module
}

// TypeBeforeParametrizations returns the type of a module, which in Go
// parametrizations do not change: only the name under which it is printed.
// Python's type_before_parametrizations.
func TypeBeforeParametrizations(module nn.AnyModule) reflect.Type { return reflect.TypeOf(module) }

// TransferParametrizationsAndParams has the tensors of one module that are
// parametrized, or those with these names, parametrized in another module by the
// same parametrizations, with the same originals. Tensors that the other module
// does not have are added to it. It returns the other module. Python's
// transfer_parametrizations_and_params.
func TransferParametrizationsAndParams[M nn.AnyModule](from nn.AnyModule, to M, names ...string) M {
	if !IsParametrized(from) {
		return to
	}
	if len(names) == 0 {
		for name := range listsOf(from).NamedChildren() {
			names = append(names, name)
		}
	}
	for _, name := range names {
		source := requireList(from, name)
		if _, ok := to.AsModule().GetTensor(name); !ok {
			to.AsModule().SetTensor(name, nn.NewParameter(Get(from, name)))
		}
		for _, p := range source.All() {
			add(to, name, p, false)
		}
		target := List(to, name)
		for key, t := range source.NamedParameters(nn.Recurse(false)) {
			target.SetTensor(key, t)
		}
		for key, t := range source.NamedBuffers(nn.Recurse(false)) {
			target.SetTensor(key, t)
		}
	}
	return to
}

// cache has what was computed while [Cached] runs.
var cache struct {
	sync.Mutex
	users  int
	values map[cacheKey]*torch.Tensor
}

type cacheKey struct {
	module *nn.Module
	name   string
}

// Cached runs fn, while each parametrized tensor is computed only once: for
// modules that are called several times, such as the cell of a recurrent network.
// As in Python it holds for the whole process. Python's cached.
func Cached(fn func()) {
	use := func(n int) {
		cache.Lock()
		defer cache.Unlock()
		if cache.users += n; cache.users == 0 {
			cache.values = nil
		} else if cache.values == nil {
			cache.values = map[cacheKey]*torch.Tensor{}
		}
	}
	use(1)
	defer use(-1)
	fn()
}

// value computes the tensor, unless it is cached.
func (l *ParametrizationList) value(m *nn.Module, name string) *torch.Tensor {
	key := cacheKey{m, name}
	cache.Lock()
	t := cache.values[key]
	cache.Unlock()
	if t != nil {
		return t
	}
	t = l.Forward()
	cache.Lock()
	defer cache.Unlock()
	if cache.users > 0 {
		cache.values[key] = torch.Keep(t)
	}
	return t
}
