package nn

import (
	"iter"
	"strings"

	"github.com/wangkuiyi/gotorch/torch"
)

// A MembersOption is an option of the methods that list a module's members:
// [Prefix], [Recurse], [RemoveDuplicate].
type MembersOption interface{ apply(*listing) }

// A NamedModulesOption is an option of [Module.NamedModules]: [Prefix],
// [RemoveDuplicate].
type NamedModulesOption interface {
	MembersOption
	namedModules()
}

type listing struct {
	prefix     string
	own        bool // no members of children
	duplicates bool
}

// Prefix is put before all names, with a dot. Its default is "".
type Prefix string

// Recurse has the members of all modules below listed too. Its default is
// true.
type Recurse bool

// RemoveDuplicate has what occurs several times listed once. Its default is
// true.
type RemoveDuplicate bool

func (p Prefix) apply(l *listing)          { l.prefix = string(p) }
func (r Recurse) apply(l *listing)         { l.own = !bool(r) }
func (r RemoveDuplicate) apply(l *listing) { l.duplicates = !bool(r) }
func (Prefix) namedModules()               {}
func (RemoveDuplicate) namedModules()      {}

func newListing[O MembersOption](opts []O) (l listing) {
	for _, o := range opts {
		o.apply(&l)
	}
	return l
}

// eachChild yields the children with their keys, and with duplicates, until
// yield returns false.
func (m *Module) eachChild(yield func(key string, child AnyModule) bool) bool {
	return m.eachPlace(func(key string, child AnyModule) bool { return child == nil || yield(key, child) })
}

// eachPlace is eachChild, but yields nil, too, where that was registered.
func (m *Module) eachPlace(yield func(key string, child AnyModule) bool) bool {
	m.ready("module")
	for i := range m.layout.members {
		f := &m.layout.members[i]
		if f.kind < pointerMember {
			continue
		}
		if child := f.module(m.base); child != nil && !yield(f.key, child) {
			return false
		}
	}
	for _, c := range m.modules {
		if !yield(c.key, c.module) {
			return false
		}
	}
	return true
}

// eachParameter yields the module's own parameters, until yield returns false.
func (m *Module) eachParameter(yield func(key string, p *torch.Tensor) bool) bool {
	m.ready("parameters")
	for i := range m.layout.members {
		f := &m.layout.members[i]
		if f.kind != tensorMember {
			continue
		}
		if p := *f.tensor(m.base); p.IsParameter() && indexOf(m.parameters, f.key) < 0 && !yield(f.key, p) {
			return false
		}
	}
	for i := range m.parameters {
		if p := m.parameters[i].get(m); p.IsParameter() && !yield(m.parameters[i].key, p) {
			return false
		}
	}
	return true
}

// eachBuffer yields the module's own buffers, until yield returns false: first
// those of fields that were not registered.
func (m *Module) eachBuffer(yield func(key string, t *torch.Tensor) bool) bool {
	return m.eachBufferOf(func(key string, t *torch.Tensor, _ bool) bool { return yield(key, t) })
}

// eachBufferOf also says which buffers are in state dictionaries.
func (m *Module) eachBufferOf(yield func(key string, t *torch.Tensor, persistent bool) bool) bool {
	m.ready("buffer")
	for i := range m.layout.members {
		f := &m.layout.members[i]
		if f.kind != tensorMember {
			continue
		}
		t := *f.tensor(m.base)
		if marked, persistent := t.IsBuffer(); marked && !m.isBuffer(f.key) && !yield(f.key, t, persistent) {
			return false
		}
	}
	for i := range m.buffers {
		b := &m.buffers[i]
		if t := b.get(m); t != nil && !t.IsParameter() && !yield(b.key, t, !b.transient) {
			return false
		}
	}
	return true
}

// get returns the tensor, which may be nil.
func (r *registered) get(m *Module) *torch.Tensor {
	if r.field == nil {
		return r.tensor
	}
	return *r.field.tensor(m.base)
}

// NamedModules yields the module itself, under the name "", and all modules
// below, with names such as "features.0". Python's named_modules.
func (m *Module) NamedModules(opts ...NamedModulesOption) iter.Seq2[string, AnyModule] {
	m.ready("module")
	l := newListing(opts)
	return func(yield func(string, AnyModule) bool) { l.modules(m.self, l.prefix, map[*Module]bool{}, yield) }
}

func (l *listing) modules(m AnyModule, name string, seen map[*Module]bool, yield func(string, AnyModule) bool) bool {
	base := m.AsModule()
	if seen[base] {
		return true
	}
	if !l.duplicates {
		seen[base] = true
	}
	return yield(name, m) && base.eachChild(func(key string, child AnyModule) bool {
		return l.modules(child, join(name, key), seen, yield)
	})
}

func join(prefix, key string) string {
	if prefix == "" {
		return key
	}
	return prefix + "." + key
}

// tensors yields the tensors that each lists, of one module or of all.
func (l *listing) tensors(m *Module, each func(*Module, func(string, *torch.Tensor) bool) bool,
	yield func(string, *torch.Tensor) bool) {
	seen := map[*torch.Tensor]bool{}
	ofModule := func(prefix string, m AnyModule) bool {
		return each(m.AsModule(), func(key string, t *torch.Tensor) bool {
			if seen[t] {
				return true
			}
			seen[t] = !l.duplicates
			return yield(join(prefix, key), t)
		})
	}
	if l.own {
		ofModule(l.prefix, m.self)
	} else {
		l.modules(m.self, l.prefix, map[*Module]bool{}, ofModule)
	}
}

// NamedParameters yields the parameters of the module and of all modules below
// with their names, such as "fc1.weight", in PyTorch's order: the module's own,
// then those of its children. Python's named_parameters.
func (m *Module) NamedParameters(opts ...MembersOption) iter.Seq2[string, *torch.Tensor] {
	m.ready("parameters")
	l := newListing(opts)
	return func(yield func(string, *torch.Tensor) bool) { l.tensors(m, (*Module).eachParameter, yield) }
}

// Parameters returns the parameters of the module and of all modules below,
// Python's parameters. The option Recurse(false) leaves out the latter.
func (m *Module) Parameters(recurse ...Recurse) []*torch.Tensor {
	m.ready("parameters")
	l := newListing(recurse)
	return listed(&l, m, (*Module).eachParameter)
}

// NamedBuffers yields the buffers of the module and of all modules below with
// their names, Python's named_buffers.
func (m *Module) NamedBuffers(opts ...MembersOption) iter.Seq2[string, *torch.Tensor] {
	m.ready("buffer")
	l := newListing(opts)
	return func(yield func(string, *torch.Tensor) bool) { l.tensors(m, (*Module).eachBuffer, yield) }
}

// Buffers returns the buffers of the module and of all modules below, Python's
// buffers. The option Recurse(false) leaves out the latter.
func (m *Module) Buffers(recurse ...Recurse) []*torch.Tensor {
	m.ready("buffer")
	l := newListing(recurse)
	return listed(&l, m, (*Module).eachBuffer)
}

func listed(l *listing, m *Module, each func(*Module, func(string, *torch.Tensor) bool) bool) []*torch.Tensor {
	list := []*torch.Tensor{}
	l.tensors(m, each, func(_ string, t *torch.Tensor) bool {
		list = append(list, t)
		return true
	})
	return list
}

// NamedChildren yields the children with their keys, each child once. Python's
// named_children.
func (m *Module) NamedChildren() iter.Seq2[string, AnyModule] {
	m.ready("module")
	return func(yield func(string, AnyModule) bool) {
		seen := map[*Module]bool{}
		m.eachChild(func(key string, child AnyModule) bool {
			if seen[child.AsModule()] {
				return true
			}
			seen[child.AsModule()] = true
			return yield(key, child)
		})
	}
}

// Children returns the children, each once. Python's children.
func (m *Module) Children() []AnyModule {
	var list []AnyModule
	for _, child := range m.NamedChildren() {
		list = append(list, child)
	}
	return list
}

// Modules returns the module itself and all modules below, each once. Python's
// modules.
func (m *Module) Modules() []AnyModule {
	var list []AnyModule
	for _, module := range m.NamedModules() {
		list = append(list, module)
	}
	return list
}

// GetSubmodule returns the module below with this name, such as "features.0",
// or the module itself for "". Python's get_submodule. A name that does not
// exist panics with an AttributeError.
func (m *Module) GetSubmodule(target string) AnyModule {
	m.ready("module")
	module := m.self
	if target == "" {
		return module
	}
	for key := range strings.SplitSeq(target, ".") {
		base := module.AsModule()
		module = nil
		base.eachChild(func(k string, child AnyModule) bool {
			if k == key {
				module = child
			}
			return module == nil
		})
		if module == nil {
			base.checkAttribute(key)
			raise("AttributeError", "`%s` is not an nn.Module", key)
		}
	}
	return module
}

func (m *Module) checkAttribute(key string) {
	if !m.has(key) {
		raise("AttributeError", "%s has no attribute `%s`", m.name(), key)
	}
}

// GetParameter returns the parameter with this name, such as "fc1.weight".
// Python's get_parameter. A name that does not exist panics with an
// AttributeError.
func (m *Module) GetParameter(target string) *torch.Tensor {
	return m.getTensor(target, (*Module).eachParameter, "an nn.Parameter")
}

// GetBuffer returns the buffer with this name. Python's get_buffer. A name that
// does not exist panics with an AttributeError.
func (m *Module) GetBuffer(target string) *torch.Tensor {
	return m.getTensor(target, (*Module).eachBuffer, "a buffer")
}

func (m *Module) getTensor(target string, each func(*Module, func(string, *torch.Tensor) bool) bool,
	what string) (found *torch.Tensor) {
	dot := strings.LastIndexByte(target, '.')
	key := target[dot+1:]
	owner := m.GetSubmodule(target[:max(dot, 0)]).AsModule()
	each(owner, func(k string, t *torch.Tensor) bool {
		if k == key {
			found = t
		}
		return found == nil
	})
	if found == nil {
		owner.checkAttribute(key)
		raise("AttributeError", "`%s` is not %s", key, what)
	}
	return found
}
