package lrscheduler

import (
	"maps"
	"reflect"
	"slices"

	"github.com/wangkuiyi/gotorch/optim/internal/scalar"
	"github.com/wangkuiyi/gotorch/torch"
)

// A field is a value of a scheduler's state dictionary: its name in Python, and
// a pointer to it.
type field struct {
	name string
	to   any
}

// Remember adds a value to the state dictionary of a scheduler of the user's:
// its name, and a pointer to it, an *int, *float64, *bool, *string, *[]float64,
// *[]int or *map[int]int. Call it before Init.
func (s *LRScheduler) Remember(name string, pointer any) {
	s.fields = append(s.fields, field{name, pointer})
}

// StateDict returns all that the scheduler remembers, by PyTorch's names, but
// for the optimizer.
func (s *LRScheduler) StateDict() map[string]any {
	state := map[string]any{}
	for _, f := range s.fields {
		state[f.name] = f.save()
	}
	if s.parts != nil {
		parts := make([]map[string]any, len(s.parts))
		for i, part := range s.parts {
			parts[i] = part.StateDict()
		}
		state["_schedulers"] = parts
	}
	return state
}

func (f field) save() any {
	switch v := f.to.(type) {
	case *int:
		return *v
	case *float64:
		return *v
	case **float64:
		if *v == nil {
			return nil
		}
		return **v
	case *bool:
		return *v
	case *string:
		return *v
	case *[]float64:
		return slices.Clone(*v)
	case *[]int:
		return slices.Clone(*v)
	case *map[int]int:
		return maps.Clone(*v)
	case *[]scalar.Number:
		var floats []float64
		for _, n := range *v {
			floats = append(floats, n.Float())
		}
		return floats
	case *[]func(int) float64: // functions are not saved
		return make([]any, len(*v))
	case *any:
		return *v
	}
	panic(torch.NewError("TypeError", "'%s' of a scheduler's state cannot be %T", f.name, f.to))
}

// LoadStateDict sets what the scheduler remembers. What state lacks stays as it
// is, but for what Python asks for ("lr_lambdas" of [LambdaLR] and [MultiplicativeLR],
// "_schedulers" of [SequentialLR] and [ChainedScheduler], "_scale_fn_custom" of
// [CyclicLR]); and so does the scheduler if an error is returned. The optimizer's learning
// rates are not changed: they are in its own state.
func (s *LRScheduler) LoadStateDict(state map[string]any) error {
	var sets []func()
	for _, f := range s.fields {
		value, ok := state[f.name]
		if !ok && f.name == s.required {
			return torch.NewError("KeyError", "'%s'", f.name)
		}
		if !ok {
			continue
		}
		set, ok := f.load(s, value)
		if !ok {
			return torch.NewError("TypeError", "'%s' of a scheduler's state cannot be %T", f.name, value)
		}
		sets = append(sets, set)
	}
	if err := s.loadParts(state); err != nil {
		return err
	}
	for _, set := range sets {
		set()
	}
	return nil
}

// load returns what sets the field to a value, if it is of the field's type.
func (f field) load(s *LRScheduler, value any) (set func(), ok bool) {
	switch to := f.to.(type) {
	case *int:
		return assign(to, value, integer)
	case *float64:
		return assign(to, value, float)
	case **float64:
		return assign(to, value, optionalFloat)
	case *bool:
		return assign(to, value, as[bool])
	case *string:
		return assign(to, value, as[string])
	case *[]float64:
		return assign(to, value, listOf(float))
	case *[]int:
		return assign(to, value, listOf(integer))
	case *map[int]int:
		return assign(to, value, counts)
	case *[]scalar.Number:
		return assign(to, value, s.numbers)
	}
	return func() {}, true
}

func assign[T any](to *T, value any, read func(any) (T, bool)) (set func(), ok bool) {
	v, ok := read(value)
	return func() { *to = v }, ok
}

func as[T any](value any) (T, bool) {
	v, ok := value.(T)
	return v, ok
}

func integer(value any) (int, bool) {
	switch v := value.(type) {
	case int:
		return v, true
	case int64:
		return int(v), true
	}
	return 0, false
}

func float(value any) (float64, bool) {
	switch v := value.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	case int:
		return float64(v), true
	case *torch.Tensor:
		return v.Item(), true
	}
	return 0, false
}

func optionalFloat(value any) (*float64, bool) {
	if value == nil {
		return nil, true
	}
	v, ok := float(value)
	return &v, ok
}

// listOf reads lists, as Go has them or as a checkpoint.
func listOf[T any](read func(any) (T, bool)) func(any) ([]T, bool) {
	return func(value any) ([]T, bool) {
		if v, ok := value.([]T); ok {
			return slices.Clone(v), true
		}
		v := reflect.ValueOf(value)
		if v.Kind() != reflect.Slice {
			return nil, false
		}
		list := make([]T, v.Len())
		for i := range list {
			element, ok := read(v.Index(i).Interface())
			if !ok {
				return nil, false
			}
			list[i] = element
		}
		return list, true
	}
}

// counts reads a Python Counter of integers.
func counts(value any) (map[int]int, bool) {
	switch v := value.(type) {
	case map[int]int:
		return maps.Clone(v), true
	case map[any]any:
		read := map[int]int{}
		for key, count := range v {
			k, ok1 := integer(key)
			n, ok2 := integer(count)
			if !ok1 || !ok2 {
				return nil, false
			}
			read[k] = n
		}
		return read, true
	}
	return nil, false
}

// numbers reads initial learning rates, which are tensors where they were.
func (s *LRScheduler) numbers(value any) ([]scalar.Number, bool) {
	floats, ok := listOf(float)(value)
	numbers := make([]scalar.Number, len(floats))
	for i, f := range floats {
		numbers[i] = scalar.Of(f)
		if i < len(s.baseLrs) && s.baseLrs[i].Tensor != nil {
			t := s.baseLrs[i].Tensor
			numbers[i] = scalar.From(torch.Keep(torch.Full(nil, f, t.DType(), t.Device())))
		}
	}
	return numbers, ok
}

// loadParts loads the schedulers of which this one is composed.
func (s *LRScheduler) loadParts(state map[string]any) error {
	if s.parts == nil {
		return nil
	}
	value, ok := state["_schedulers"]
	if !ok {
		return torch.NewError("KeyError", "'_schedulers'")
	}
	states, ok := listOf(as[map[string]any])(value)
	if !ok || len(states) != len(s.parts) {
		return torch.NewError("TypeError", "'_schedulers' of a scheduler's state must be %d dictionaries", len(s.parts))
	}
	for i, part := range s.parts {
		if err := part.LoadStateDict(states[i]); err != nil {
			return err
		}
	}
	return nil
}
