package nn

import (
	"slices"

	"github.com/wangkuiyi/gotorch/internal/option"
)

// OwnedHooks are hooks of one module that belong together, and to an owner by
// which they are found again: packages under nn/utils keep there what they made
// of a parameter. Copies of a module have a copy of the owner.
type OwnedHooks struct {
	Owner            any // a pointer
	ForwardPre       ForwardPreHook
	LoadStateDictPre LoadStateDictPreHook
}

// RegisterOwnedHooks adds the hooks that are not nil.
func (m *Module) RegisterOwnedHooks(h OwnedHooks, _ option.Marker) {
	all := m.ensureHooks()
	if h.ForwardPre != nil {
		all.forwardPre.addOwned(h.Owner, h.ForwardPre.withOptions())
	}
	if h.LoadStateDictPre != nil {
		all.loadStateDictPre.addOwned(h.Owner, h.LoadStateDictPre)
	}
}

// HookOwners returns the owners of the module's forward pre-hooks, in their
// order.
func (m *Module) HookOwners(_ option.Marker) []any {
	var owners []any
	if m.hooks == nil {
		return nil
	}
	for _, h := range m.hooks.forwardPre {
		if h.owner != nil {
			owners = append(owners, h.owner)
		}
	}
	return owners
}

// RemoveOwnedHooks removes all hooks of an owner.
func (m *Module) RemoveOwnedHooks(owner any, _ option.Marker) {
	if m.hooks != nil {
		m.hooks.forwardPre.removeOwned(owner)
		m.hooks.loadStateDictPre.removeOwned(owner)
	}
}

func (l *hookList[F]) addOwned(owner any, fn F) {
	*l = append(slices.Clip(*l), &hook[F]{fn: fn, owner: owner})
}

func (l *hookList[F]) removeOwned(owner any) {
	*l = slices.DeleteFunc(slices.Clone(*l), func(h *hook[F]) bool { return h.owner == owner })
	if len(*l) == 0 {
		*l = nil
	}
}

// Rename has the module printed under another name than its type's, as Python
// does with a module whose class changes; "" is the type's.
func (m *Module) Rename(name string, _ option.Marker) { m.title = name }

// Name is the name under which the module is printed: Python's
// type(module).__name__.
func (m *Module) Name(_ option.Marker) string { return m.name() }
