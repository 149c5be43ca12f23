package nn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// A StateDictOption is an option of [Module.StateDict]: [Prefix], [KeepVars].
type StateDictOption interface{ stateDict() }

// KeepVars has a state dictionary hold the parameters themselves, rather than
// detached tensors that share their data. Its default is false.
type KeepVars bool

func (Prefix) stateDict()   {}
func (KeepVars) stateDict() {}

// A StateDictPreHook is called before a module's state is saved under a prefix
// such as "fc1.".
type StateDictPreHook func(module AnyModule, prefix string, keepVars bool)

// A StateDictPostHook is called after a module's state was saved, and may
// change the dictionary.
type StateDictPostHook func(module AnyModule, state *StateDict, prefix string)

// A LoadStateDictPreHook is called before a module's state is loaded. It may
// change the dictionary, which is a copy, and what is found to be missing,
// unexpected or wrong.
type LoadStateDictPreHook func(module AnyModule, state *StateDict, prefix string, report *LoadReport)

// A LoadStateDictPostHook is called after a module's state, and that of its
// children, was loaded. It may change the lists.
type LoadStateDictPostHook func(module AnyModule, keys *IncompatibleKeys)

// IncompatibleKeys is what [Module.LoadStateDict] returns.
type IncompatibleKeys struct {
	MissingKeys    []string // that the module has and the dictionary lacks
	UnexpectedKeys []string // that the dictionary has and the module lacks
}

// String returns what Python prints.
func (k IncompatibleKeys) String() string {
	if len(k.MissingKeys) == 0 && len(k.UnexpectedKeys) == 0 {
		return "<All keys matched successfully>"
	}
	return fmt.Sprintf("_IncompatibleKeys(missing_keys=%s, unexpected_keys=%s)",
		pytext.Strings(k.MissingKeys), pytext.Strings(k.UnexpectedKeys))
}

// A LoadReport collects what is wrong while a state dictionary is loaded.
type LoadReport struct {
	IncompatibleKeys
	ErrorMessages []string
}

// RegisterStateDictPreHook has hook called before the module's state is saved.
// Python's register_state_dict_pre_hook.
func (m *Module) RegisterStateDictPreHook(hook StateDictPreHook) *RemovableHandle {
	return m.ensureHooks().stateDictPre.add(hook, false, false)
}

// RegisterStateDictPostHook has hook called after the module's state was saved.
// Python's register_state_dict_post_hook.
func (m *Module) RegisterStateDictPostHook(hook StateDictPostHook) *RemovableHandle {
	return m.ensureHooks().stateDictPost.add(hook, false, false)
}

// RegisterLoadStateDictPreHook has hook called before the module's state is
// loaded. Python's register_load_state_dict_pre_hook.
func (m *Module) RegisterLoadStateDictPreHook(hook LoadStateDictPreHook) *RemovableHandle {
	return m.ensureHooks().loadStateDictPre.add(hook, false, false)
}

// RegisterLoadStateDictPostHook has hook called after the module's state was
// loaded. Python's register_load_state_dict_post_hook.
func (m *Module) RegisterLoadStateDictPostHook(hook LoadStateDictPostHook) *RemovableHandle {
	return m.ensureHooks().loadStateDictPost.add(hook, false, false)
}

// StateDict returns the parameters and persistent buffers of the module and of
// all modules below, in PyTorch's order and with its names. The tensors are
// detached and share the module's data: to keep today's values, clone them.
// Python's state_dict.
func (m *Module) StateDict(opts ...StateDictOption) *StateDict {
	prefix, keepVars := "", false
	for _, o := range opts {
		switch o := o.(type) {
		case Prefix:
			prefix = string(o)
		case KeepVars:
			keepVars = bool(o)
		}
	}
	state := NewStateDict()
	m.save(state, prefix, keepVars)
	return state
}

func (m *Module) save(state *StateDict, prefix string, keepVars bool) {
	m.ready("module")
	state.SetVersion(strings.TrimSuffix(prefix, "."), m.version())
	if m.hooks != nil {
		for _, h := range m.hooks.stateDictPre {
			h.fn(m.self, prefix, keepVars)
		}
	}
	m.eachState(func(key string, t *torch.Tensor) bool {
		if !keepVars && !t.IsUninitialized() {
			t = t.Detach()
		}
		state.Set(prefix+key, t)
		return true
	})
	if own, ok := m.self.(ExtraState); ok {
		state.SetExtra(prefix+extraStateKey, own.GetExtraState())
	}
	m.eachChild(func(key string, child AnyModule) bool {
		child.AsModule().save(state, prefix+key+".", keepVars)
		return true
	})
	if m.hooks != nil {
		for _, h := range m.hooks.stateDictPost {
			h.fn(m.self, state, prefix)
		}
	}
}

// version is the version of the module's format, Python's _version.
func (m *Module) version() int {
	if v, ok := m.self.(interface{ stateVersion() int }); ok {
		return v.stateVersion()
	}
	return 1
}

// eachState yields the tensors that the module itself has in a state
// dictionary.
func (m *Module) eachState(yield func(key string, t *torch.Tensor) bool) bool {
	if !m.eachParameter(yield) {
		return false
	}
	return m.eachBufferOf(func(key string, t *torch.Tensor, persistent bool) bool { return !persistent || yield(key, t) })
}

// A LoadStateDictOption is an option of [Module.LoadStateDict]: [Strict],
// [Assign].
type LoadStateDictOption interface{ loadStateDict() }

// Strict makes missing and unexpected keys an error. Its default is true.
type Strict bool

// Assign has a module take the dictionary's tensors themselves, rather than
// copy their values into its own. An optimizer that was made before then
// updates tensors that the module no longer has. Its default is false.
type Assign bool

func (Strict) loadStateDict() {}
func (Assign) loadStateDict() {}

// LoadStateDict copies the dictionary's values into the module's parameters and
// buffers, and those of all modules below. Python's load_state_dict.
//
// Keys that are missing or unexpected are an error unless Strict(false) is
// given, and are returned in any case; shapes that differ always are an error.
// All that fits is copied even so.
func (m *Module) LoadStateDict(state *StateDict, opts ...LoadStateDictOption) (IncompatibleKeys, error) {
	m.ready("module")
	strict, assign := Strict(true), Assign(false)
	for _, o := range opts {
		switch o := o.(type) {
		case Strict:
			strict = o
		case Assign:
			assign = o
		}
	}
	if state == nil {
		raise("TypeError", "Expected state_dict to be dict-like, got <class 'NoneType'>.")
	}
	var report LoadReport
	if err := torch.Try(func() { m.load(state.clone(), "", bool(assign), &report) }); err != nil {
		return report.IncompatibleKeys, err
	}
	if strict {
		report.addKeys("Unexpected", report.UnexpectedKeys)
		report.addKeys("Missing", report.MissingKeys)
	}
	if len(report.ErrorMessages) > 0 {
		return report.IncompatibleKeys, torch.NewError("RuntimeError", "Error(s) in loading state_dict for %s:\n\t%s",
			m.name(), strings.Join(report.ErrorMessages, "\n\t"))
	}
	return report.IncompatibleKeys, nil
}

// addKeys puts a message about keys before the others.
func (r *LoadReport) addKeys(kind string, keys []string) {
	if len(keys) > 0 {
		message := fmt.Sprintf(`%s key(s) in state_dict: "%s". `, kind, strings.Join(keys, `", "`))
		r.ErrorMessages = slices.Insert(r.ErrorMessages, 0, message)
	}
}

func (m *Module) load(state *StateDict, prefix string, assign bool, report *LoadReport) {
	m.ready("module")
	if m.hooks != nil {
		for _, h := range m.hooks.loadStateDictPre {
			h.fn(m.self, state, prefix, report)
		}
	}
	if old, ok := m.self.(interface {
		upgradeState(state *StateDict, prefix string, report *LoadReport)
	}); ok {
		old.upgradeState(state, prefix, report)
	}
	m.loadOwn(state, prefix, assign, report)
	m.eachChild(func(key string, child AnyModule) bool {
		child.AsModule().load(state.withPrefix(prefix+key+"."), prefix+key+".", assign, report)
		return true
	})
	if m.hooks != nil {
		for _, h := range m.hooks.loadStateDictPost {
			h.fn(m.self, &report.IncompatibleKeys)
		}
	}
}

// withPrefix returns the part of the dictionary that a child gets.
func (d *StateDict) withPrefix(prefix string) *StateDict {
	part := &StateDict{modules: d.modules, versions: d.versions}
	for _, key := range d.keys {
		if strings.HasPrefix(key, prefix) {
			part.copyKey(d, key)
		}
	}
	return part
}

// loadOwn loads the module's own tensors, and notes keys that nothing has.
func (m *Module) loadOwn(state *StateDict, prefix string, assign bool, report *LoadReport) {
	own := map[string]bool{}
	m.eachState(func(key string, t *torch.Tensor) bool {
		own[key] = true
		if !state.Has(prefix + key) {
			report.MissingKeys = append(report.MissingKeys, prefix+key)
		} else if message := m.loadTensor(key, prefix+key, t, state.Get(prefix+key), assign); message != "" {
			report.ErrorMessages = append(report.ErrorMessages, message)
		}
		return true
	})
	m.loadExtraState(state, prefix+extraStateKey, report)
	children := map[string]bool{}
	m.eachChild(func(key string, _ AnyModule) bool {
		children[key] = true
		return true
	})
	for _, key := range state.keys {
		rest, ok := strings.CutPrefix(key, prefix)
		if !ok || rest == extraStateKey {
			continue
		}
		first, _, nested := strings.Cut(rest, ".")
		if nested && !children[first] || !nested && !own[first] {
			report.UnexpectedKeys = append(report.UnexpectedKeys, key)
		}
	}
}

// loadTensor copies or assigns one tensor, and returns what is wrong, or "".
func (m *Module) loadTensor(key, name string, t, input *torch.Tensor, assign bool) string {
	if input == nil {
		return fmt.Sprintf(`While copying the parameter named "%s", expected torch.Tensor or Tensor-like object from `+
			`checkpoint but received <class 'NoneType'>`, name)
	}
	if t.IsUninitialized() {
		if input.IsUninitialized() {
			return ""
		}
		Materialize(t, input.Shape())
	}
	shape, given := t.Shape(), input.Shape()
	if len(shape) == 0 && slices.Equal(given, []int64{1}) {
		input = input.Select(0, 0) // as PyTorch before 0.4 saved them
		given = nil
	}
	if !slices.Equal(shape, given) {
		return fmt.Sprintf("size mismatch for %s: copying a param with shape %s from checkpoint, the shape in current model is %s.",
			name, pytext.Size(given), pytext.Size(shape))
	}
	if t.Device() == torch.Meta && input.Device() != torch.Meta && !assign {
		torch.Warn("for %s: copying from a non-meta parameter in the checkpoint to a meta parameter in the current model, "+
			"which is a no-op. (Did you mean to pass `assign=True` to assign items in the state dictionary to their "+
			"corresponding key in the module instead of copying them in place?)", name)
	}
	err := torch.Try(func() {
		if assign {
			m.assign(key, t, input)
		} else {
			torch.NoGrad(func() { t.Copy_(input) })
		}
	})
	if err != nil {
		return fmt.Sprintf(`While copying the parameter named "%s", whose dimensions in the model are %s and whose `+
			`dimensions in the checkpoint are %s, an exception occurred : (%s,).`,
			name, pytext.Size(shape), pytext.Size(given), pytext.String(err.(*torch.Error).Message))
	}
	return ""
}

// assign puts input in the place of one of the module's own tensors.
func (m *Module) assign(key string, t, input *torch.Tensor) {
	if i := m.bufferIndex(key); i >= 0 && !t.IsParameter() {
		m.setBuffer(i, input)
		return
	}
	if input.IsParameter() {
		input.RequiresGrad_(t.RequiresGrad())
	} else {
		input = NewParameter(input, t.RequiresGrad())
	}
	m.RegisterParameter(key, input)
}
