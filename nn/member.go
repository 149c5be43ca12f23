package nn

import (
	"slices"
	"strings"

	"github.com/wangkuiyi/gotorch/torch"
)

// GetTensor returns the tensor with this name, such as "fc1.weight", be it a
// parameter, a buffer, or a tensor that [Module.SetTensor] stored, and whether
// there is one. Python's getattr.
func (m *Module) GetTensor(target string) (t *torch.Tensor, ok bool) {
	owner, key := m.owner(target)
	return owner.own(key)
}

// owner returns the module that has the member with this name, and its key.
func (m *Module) owner(target string) (owner *Module, key string) {
	dot := strings.LastIndexByte(target, '.')
	return m.GetSubmodule(target[:max(dot, 0)]).AsModule(), target[dot+1:]
}

// own returns the module's own tensor with this key.
func (m *Module) own(key string) (t *torch.Tensor, ok bool) {
	m.ready("parameter")
	if f := m.layout.byKey[key]; f != nil {
		if f.kind != tensorMember {
			return nil, false
		}
		t = *f.tensor(m.base)
	} else if i := indexOf(m.parameters, key); i >= 0 {
		t = m.parameters[i].get(m)
	} else if i := m.bufferIndex(key); i >= 0 {
		t = m.buffers[i].get(m)
	} else if i := m.attributeIndex(key); i >= 0 {
		t = m.attributes[i].tensor
	}
	return t, t != nil
}

// SetTensor does what the assignment m.name = t does in Python. A parameter
// becomes the module's. Another tensor becomes the value of the buffer with that
// name, or else is stored, in the field with that key if there is one, as
// neither: so a forward pre-hook sets a weight that it computes. It cannot take
// the place of a parameter before [Module.DeleteMember] deletes that.
func (m *Module) SetTensor(name string, t *torch.Tensor) {
	m.ready("parameter")
	i := m.bufferIndex(name)
	persistent, isPersistent := t.IsBuffer()
	switch current, _ := m.own(name); {
	case t.IsParameter():
		if i >= 0 {
			m.buffers = slices.Delete(m.buffers, i, i+1)
		}
		m.deleteAttribute(name)
		m.RegisterParameter(name, t)
	case i >= 0:
		m.RegisterBuffer(name, t, Persistent(!m.buffers[i].transient))
	case current.IsParameter() && t != nil:
		raise("TypeError", "cannot assign '%s' as parameter '%s' (torch.nn.Parameter or None expected)", typename(t), name)
	case persistent:
		m.RegisterBuffer(name, t, Persistent(isPersistent))
	default:
		m.setAttribute(name, t)
	}
}

// setAttribute stores a tensor that is neither parameter nor buffer.
func (m *Module) setAttribute(name string, t *torch.Tensor) {
	torch.Keep(t)
	if f := m.layout.byKey[name]; f != nil {
		if f.kind != tensorMember {
			refuseDuplicate(name)
		}
		*f.tensor(m.base) = t
		return
	}
	if i := indexOf(m.parameters, name); i >= 0 { // nil, Python's None
		m.parameters[i].tensor = t
	} else if i := m.attributeIndex(name); i >= 0 {
		m.attributes[i].tensor = t
	} else {
		m.attributes = append(m.attributes, namedTensor{name, t})
	}
}

func (m *Module) deleteAttribute(name string) bool {
	i := m.attributeIndex(name)
	if i >= 0 {
		m.attributes = slices.Delete(m.attributes, i, i+1)
	}
	return i >= 0
}

// DeleteMember removes a parameter, a buffer, another tensor or a child, by its
// key: Python's del m.name. A field is set to nil. A parameter that is set again
// comes last in lists of the module's parameters, as in Python. A name that
// does not exist panics with an AttributeError.
func (m *Module) DeleteMember(name string) {
	m.ready("module")
	f := m.layout.byKey[name]
	switch {
	case f != nil && f.kind == tensorMember:
		m.deleteField(f)
	case f != nil && f.set(m.base, nil), m.deleteAttribute(name):
	case m.deleteRegistered(name):
	default:
		raise("AttributeError", "'%s' object has no attribute '%s'", m.name(), name)
	}
}

// deleteField sets a tensor's field to nil, and notes that its parameter, if it
// comes back, is the last.
func (m *Module) deleteField(f *member) {
	place := f.tensor(m.base)
	late := (*place).IsParameter() || indexOf(m.parameters, f.key) >= 0
	m.deleteRegistered(f.key)
	if late {
		m.parameters = append(m.parameters, registered{namedTensor: namedTensor{key: f.key}, field: f})
	}
	*place = nil
}

func (m *Module) deleteRegistered(name string) bool {
	if i := indexOf(m.parameters, name); i >= 0 {
		m.parameters = slices.Delete(m.parameters, i, i+1)
		return true
	}
	if i := m.bufferIndex(name); i >= 0 {
		m.buffers = slices.Delete(m.buffers, i, i+1)
		return true
	}
	i := slices.IndexFunc(m.modules, func(c namedModule) bool { return c.key == name })
	if i >= 0 {
		m.modules = slices.Delete(m.modules, i, i+1)
	}
	return i >= 0
}

// SetSubmodule puts a module in the place of the one below with this name, such
// as "features.0", or adds it. Python's set_submodule. With Strict(true) it must
// be there: its default is false. A name that does not exist, or is no module's,
// panics with an AttributeError.
func (m *Module) SetSubmodule(target string, module AnyModule, strict ...Strict) {
	m.ready("module")
	if target == "" {
		raise("ValueError", "Cannot set the submodule without a target name!")
	}
	if isNil(module) {
		raise("ValueError", "`module` is not an nn.Module, found <class 'NoneType'>")
	}
	parent, key := m.owner(target)
	if len(strict) > 0 && bool(strict[0]) {
		parent.checkAttribute(key)
	}
	if _, isTensor := parent.own(key); isTensor {
		raise("AttributeError", "`%s` is not an nn.Module", key)
	}
	parent.AddModule(key, module)
}
