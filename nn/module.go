package nn

import (
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/wangkuiyi/gotorch/torch"
)

// A Module is what a neural network's struct embeds to become a module,
// Python's torch.nn.Module. [Module.Init] must be called before anything else.
//
// The module's members are found in the struct's fields, exported or not, in
// the order of their declaration, those of embedded structs included:
//
//   - a *torch.Tensor that [NewParameter] made is a parameter;
//   - a *torch.Tensor that [NewBuffer] made, or whose key was passed to
//     [Module.RegisterBuffer], is a buffer;
//   - a module, or an interface that holds one, is a child. As in Python, slices
//     and maps of modules are not looked into: use [Sequential] or [ModuleList].
//
// A member's key, of which names such as "fc1.weight" consist, is the field's
// name; that of an exported field in snake case: InProjWeight has the key
// in_proj_weight, and FC1 the key fc1. A tag gives another key, or leaves the
// field out:
//
//	type Block struct {
//		nn.Module
//		conv   *nn.Conv2d `torch:"conv_1"`
//		shared *nn.Linear `torch:"-"`
//	}
//
// What a module stores survives [torch.Scope]. A module must not be copied; a
// field should be a pointer to it.
type Module struct {
	self   AnyModule // the struct around this Module; nil before Init
	base   unsafe.Pointer
	layout *layout

	plain      bool   // Init was called, and no hooks were registered
	evaluating bool   // so that the zero value is training
	hooks      *hooks // nil if there are none
	title      string // that is printed, if not the name of the type

	// Members that were registered by name.
	parameters []registered
	buffers    []registered
	modules    []namedModule
	attributes []namedTensor // tensors that are neither parameters nor buffers
}

// An AnyModule is any module: a pointer to a struct that embeds [Module], whose
// methods it has. A struct may have its own version of a method, such as Train
// or ExtraRepr: the methods of Module, and those of the modules above it, call
// that one.
type AnyModule interface {
	Parameters(recurse ...Recurse) []*torch.Tensor
	Buffers(recurse ...Recurse) []*torch.Tensor
	Children() []AnyModule
	Modules() []AnyModule
	Train(mode ...bool)
	Eval()
	Training() bool
	RequiresGrad_(on ...bool)
	To(opts ...torch.ToOption)
	Apply(fn func(AnyModule))
	StateDict(opts ...StateDictOption) *StateDict
	ExtraRepr() string
	String() string

	// AsModule returns the embedded Module, which has further methods.
	AsModule() *Module
}

// A Layer is a module that turns one tensor into another.
type Layer interface {
	AnyModule
	Forward(input *torch.Tensor) *torch.Tensor
}

type namedTensor struct {
	key    string
	tensor *torch.Tensor
}

type namedModule struct {
	key    string
	module AnyModule
}

// A registered tensor lies in a field, or here if the struct has none with its
// key.
type registered struct {
	namedTensor
	field     *member
	transient bool // not in state dictionaries
}

// Init makes the struct that embeds m a module: Python's super().__init__().
// Its argument is the pointer to that struct:
//
//	m := &SimpleModel{}
//	m.Init(m)
func (m *Module) Init(self AnyModule) {
	if isNil(self) || self.AsModule() != m {
		raise("TypeError", "Init needs the pointer to the struct that embeds this Module: m.Init(m)")
	}
	v := reflect.ValueOf(self)
	t, offset := v.Type().Elem(), uintptr(unsafe.Pointer(m))-v.Pointer()
	if offset >= t.Size() {
		raise("TypeError", "%s must embed nn.Module itself, not a pointer to it", t.Name())
	}
	*m = Module{self: self, base: v.UnsafePointer(), layout: layoutOf(t, offset), plain: true}
}

// AsModule returns m: a way from any module to its Module.
func (m *Module) AsModule() *Module { return m }

// ready panics unless Init was called.
func (m *Module) ready(what string) {
	if m.self == nil {
		raise("AttributeError", "cannot assign %s before Module.__init__() call; in Go, m.Init(m)", what)
	}
	if m.self.AsModule() != m {
		raise("RuntimeError", "%s was copied after Init; modules must not be copied, so store a pointer", m.name())
	}
}

func raise(kind, format string, args ...any) { panic(torch.NewError(kind, format, args...)) }

// name is the name of the module's type, Python's __class__.__name__.
func (m *Module) name() string {
	switch {
	case m.title != "":
		return m.title
	case m.layout == nil: // before Init
		return "Module"
	}
	return m.layout.name
}

// RegisterBuffer makes t a buffer: a tensor that is no parameter but belongs to
// the module's state, such as BatchNorm's running mean. Python's
// register_buffer. If the struct has a field with the key name, it is set to t,
// and the buffer is what that field holds from now on; t may be nil. The option
// Persistent(false) leaves the buffer out of state dictionaries.
//
// A name with a dot, an empty one, and that of another member panic.
func (m *Module) RegisterBuffer(name string, t *torch.Tensor, persistent ...Persistent) {
	m.ready("buffer")
	refuseReserved(name)
	checkMemberName("buffer", name)
	b := registered{namedTensor: namedTensor{key: name}, transient: len(persistent) > 0 && !bool(persistent[0])}
	i := m.bufferIndex(name)
	if b.field = m.layout.byKey[name]; b.field != nil {
		if b.field.kind != tensorMember {
			refuseDuplicate(name)
		}
		if p := *b.field.tensor(m.base); i < 0 && p.IsParameter() {
			refuseDuplicate(name)
		}
	} else if i < 0 && m.has(name) {
		refuseDuplicate(name)
	}
	t = registeredTensor(&registrationHooks.buffer, m, name, t)
	if i < 0 {
		m.buffers = append(m.buffers, b)
		i = len(m.buffers) - 1
	} else {
		m.buffers[i].transient = b.transient
	}
	m.setBuffer(i, t)
}

// setBuffer replaces the tensor of a buffer.
func (m *Module) setBuffer(i int, t *torch.Tensor) {
	torch.Keep(t)
	if b := &m.buffers[i]; b.field != nil {
		*b.field.tensor(m.base) = t
	} else {
		b.tensor = t
	}
}

// RegisterParameter adds a parameter that [NewParameter] made, or sets the
// field with the key name to it. Python's register_parameter. There is no need
// to call it for a field. A nil parameter stands for None, and is listed
// nowhere.
//
// A name with a dot, an empty one, that of another member, and a tensor that is
// no parameter panic.
func (m *Module) RegisterParameter(name string, p *torch.Tensor) {
	refuseReserved(name)
	m.registerParameter(name, p)
}

func (m *Module) registerParameter(name string, p *torch.Tensor) {
	m.ready("parameter")
	checkMemberName("parameter", name)
	i := indexOf(m.parameters, name)
	field := m.layout.byKey[name]
	if field != nil && (field.kind != tensorMember || m.isBuffer(name)) || field == nil && i < 0 && m.has(name) {
		refuseDuplicate(name)
	}
	if p != nil {
		m.checkParameter(name, p)
	}
	p = registeredTensor(&registrationHooks.parameter, m, name, p)
	switch {
	case field != nil:
		place := field.tensor(m.base)
		if i >= 0 && !(*place).IsParameter() { // what was deleted comes back as the last
			last := m.parameters[i]
			m.parameters = append(slices.Delete(m.parameters, i, i+1), last)
		}
		*place = p
	case i >= 0:
		m.parameters[i].tensor = p
	default:
		m.parameters = append(m.parameters, registered{namedTensor: namedTensor{name, p}})
	}
}

func (m *Module) checkParameter(name string, p *torch.Tensor) {
	if !p.IsParameter() {
		raise("TypeError", "cannot assign '%s' object to parameter '%s' (torch.nn.Parameter or None required)",
			typename(p), name)
	}
	if !p.IsLeaf() {
		raise("ValueError", "Cannot assign non-leaf Tensor to parameter '%s'. Model parameters must be created "+
			"explicitly. To express '%s' as a function of another Tensor, compute the value in the forward() method.", name, name)
	}
	torch.Keep(p)
}

// AddModule adds a child, or sets the field with the key name to it. Python's
// add_module. There is no need to call it for a field. A name with a dot, an
// empty one, and that of another member panic.
func (m *Module) AddModule(name string, child AnyModule) {
	m.ready("module")
	refuseReserved(name)
	child = orNil(registeredModule(m, name, child))
	i := slices.IndexFunc(m.modules, func(c namedModule) bool { return c.key == name })
	field := m.layout.byKey[name]
	if field != nil && !field.set(m.base, child) || field == nil && i < 0 && m.has(name) {
		refuseDuplicate(name)
	}
	checkMemberName("module", name)
	switch {
	case field != nil:
	case i >= 0:
		m.modules[i].module = child
	default:
		m.modules = append(m.modules, namedModule{name, child})
	}
}

// RegisterModule is [Module.AddModule].
func (m *Module) RegisterModule(name string, child AnyModule) { m.AddModule(name, child) }

func checkMemberName(kind, name string) {
	switch {
	case strings.Contains(name, ".") && kind == "module":
		raise("KeyError", `module name can't contain ".", got: %s`, name)
	case strings.Contains(name, "."):
		raise("KeyError", `%s name can't contain "."`, kind)
	case name == "":
		raise("KeyError", `%s name can't be empty string ""`, kind)
	}
}

func refuseDuplicate(name string) { raise("KeyError", "attribute '%s' already exists", name) }

// reserved are the names that modules have in Python, of which no member can take
// one.
var reserved = func() map[string]bool {
	names := map[string]bool{}
	for name := range strings.FieldsSeq(`T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda
		double dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu
		load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters
		register_backward_hook register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
		register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module
		register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state
		set_submodule share_memory state_dict to to_empty train training type xpu zero_grad`) {
		names[name] = true
	}
	return names
}()

func refuseReserved(name string) {
	if reserved[name] {
		refuseDuplicate(name)
	}
}

// has reports whether the module has a field or a registered member with this
// key.
func (m *Module) has(key string) bool {
	return m.layout.byKey[key] != nil || m.isBuffer(key) ||
		indexOf(m.parameters, key) >= 0 || m.attributeIndex(key) >= 0 ||
		slices.ContainsFunc(m.modules, func(c namedModule) bool { return c.key == key })
}

func (m *Module) isBuffer(key string) bool { return m.bufferIndex(key) >= 0 }

func (m *Module) bufferIndex(key string) int { return indexOf(m.buffers, key) }

func (m *Module) attributeIndex(key string) int {
	return slices.IndexFunc(m.attributes, func(a namedTensor) bool { return a.key == key })
}

func indexOf(list []registered, key string) int {
	return slices.IndexFunc(list, func(r registered) bool { return r.key == key })
}

// Train puts the module and all modules in it into training mode, or with
// Train(false) into evaluation mode, in which [Dropout] and the like do nothing.
// Modules start in training mode. Python's train.
func (m *Module) Train(mode ...bool) {
	m.ready("module")
	training := len(mode) == 0 || mode[0]
	m.evaluating = !training
	for _, child := range m.Children() {
		child.Train(training)
	}
}

// Eval puts the module and all modules in it into evaluation mode, Python's
// eval.
func (m *Module) Eval() {
	m.ready("module")
	m.self.Train(false)
}

// Training reports whether the module is in training mode, Python's attribute
// training.
func (m *Module) Training() bool { return !m.evaluating }

// RequiresGrad_ has operations on all parameters recorded for differentiation,
// or with RequiresGrad_(false) not, which freezes them. Python's
// requires_grad_.
func (m *Module) RequiresGrad_(on ...bool) {
	for _, p := range m.Parameters() {
		p.RequiresGrad_(on...)
	}
}

// ZeroGrad removes the gradients of all parameters, Python's zero_grad.
// ZeroGrad(false), Python's set_to_none=False, sets them to zero instead.
func (m *Module) ZeroGrad(setToNone ...bool) {
	if len(setToNone) == 0 || setToNone[0] {
		torch.ClearGrads(m.Parameters())
		return
	}
	for _, p := range m.Parameters() {
		if g := p.Grad(); g != nil {
			if !g.IsLeaf() {
				g.Detach_()
			} else {
				g.RequiresGrad_(false)
			}
			g.Zero_()
			g.Close()
		}
	}
}

// Apply calls fn for all modules in m, children first, and for m at last, as
// one initializes weights. Python's apply.
func (m *Module) Apply(fn func(AnyModule)) {
	for _, child := range m.Children() {
		child.Apply(fn)
	}
	fn(m.self)
}
