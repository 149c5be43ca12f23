package nn

// ExtraState is a module that has state besides its parameters and buffers. If a
// struct has these methods, Python's get_extra_state and set_extra_state,
// state dictionaries hold what GetExtraState returns under the key
// "_extra_state", and loading one calls SetExtraState with it.
//
// Files hold numbers, strings, tensors, and slices and maps of them.
type ExtraState interface {
	AnyModule
	GetExtraState() any
	SetExtraState(state any)
}

const extraStateKey = "_extra_state"

func (m *Module) loadExtraState(state *StateDict, key string, report *LoadReport) {
	value, given := state.Extra(key)
	own, wanted := m.self.(ExtraState)
	switch {
	case wanted && given:
		own.SetExtraState(value)
	case wanted:
		report.MissingKeys = append(report.MissingKeys, key)
	case given:
		report.UnexpectedKeys = append(report.UnexpectedKeys, key)
	}
}
