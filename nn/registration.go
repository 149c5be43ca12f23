package nn

import (
	"sync"

	"github.com/wangkuiyi/gotorch/torch"
)

// Hooks of all modules that run when a member is registered. They are run by
// RegisterBuffer, RegisterParameter, AddModule and what calls these, which the
// assignment to a field does not.

// A RegistrationHook is called with a parameter or buffer that a module is about
// to get, and returns what to use instead, or nil.
type RegistrationHook func(module AnyModule, name string, t *torch.Tensor) *torch.Tensor

// A ModuleRegistrationHook is called with a child that a module is about to get,
// and returns what to use instead, or nil.
type ModuleRegistrationHook func(module AnyModule, name string, child AnyModule) AnyModule

var registrationHooks struct {
	sync.RWMutex
	buffer, parameter hookList[RegistrationHook]
	module            hookList[ModuleRegistrationHook]
}

// RegisterModuleBufferRegistrationHook has hook called by
// [Module.RegisterBuffer] of all modules. Python's
// register_module_buffer_registration_hook.
func RegisterModuleBufferRegistrationHook(hook RegistrationHook) *RemovableHandle {
	return addRegistration(&registrationHooks.buffer, hook)
}

// RegisterModuleParameterRegistrationHook has hook called by
// [Module.RegisterParameter] of all modules, but not when a parameter is
// assigned to a field, as the layers of this package do. Python's
// register_module_parameter_registration_hook.
func RegisterModuleParameterRegistrationHook(hook RegistrationHook) *RemovableHandle {
	return addRegistration(&registrationHooks.parameter, hook)
}

// RegisterModuleModuleRegistrationHook has hook called by [Module.AddModule] of
// all modules, containers among them, but not when a module is assigned to a
// field. Python's register_module_module_registration_hook.
func RegisterModuleModuleRegistrationHook(hook ModuleRegistrationHook) *RemovableHandle {
	return addRegistration(&registrationHooks.module, hook)
}

func addRegistration[F any](list *hookList[F], hook F) *RemovableHandle {
	registrationHooks.Lock()
	defer registrationHooks.Unlock()
	handle := list.add(hook, false, false)
	return torch.NewRemovableHandle(func() {
		registrationHooks.Lock()
		defer registrationHooks.Unlock()
		handle.Remove()
	})
}

// current returns the hooks of a list, which is replaced when one is added.
func current[F any](list *hookList[F]) hookList[F] {
	registrationHooks.RLock()
	defer registrationHooks.RUnlock()
	return *list
}

func registeredTensor(list *hookList[RegistrationHook], m *Module, name string, t *torch.Tensor) *torch.Tensor {
	for _, h := range current(list) {
		if by := h.fn(m.self, name, t); by != nil {
			t = by
		}
	}
	return t
}

func registeredModule(m *Module, name string, child AnyModule) AnyModule {
	for _, h := range current(&registrationHooks.module) {
		if by := h.fn(m.self, name, child); !isNil(by) {
			child = by
		}
	}
	return child
}
