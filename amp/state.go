package amp

import (
	"reflect"

	"github.com/wangkuiyi/gotorch/torch"
)

// GetScale returns the scale, or 1 if the scaler is not enabled. It waits for the
// device.
func (s *GradScaler) GetScale() float64 {
	switch {
	case !s.enabled:
		return 1
	case s.scale == nil:
		return s.initScale
	}
	return s.scale.Item()
}

// GetGrowthFactor returns what the scale is multiplied by when it grows.
func (s *GradScaler) GetGrowthFactor() float64 { return s.growthFactor }

// SetGrowthFactor changes what [GrowthFactor] has set.
func (s *GradScaler) SetGrowthFactor(factor float64) { s.growthFactor = factor }

// GetBackoffFactor returns what the scale is multiplied by after a skipped step.
func (s *GradScaler) GetBackoffFactor() float64 { return s.backoffFactor }

// SetBackoffFactor changes what [BackoffFactor] has set.
func (s *GradScaler) SetBackoffFactor(factor float64) { s.backoffFactor = factor }

// GetGrowthInterval returns after how many steps the scale grows.
func (s *GradScaler) GetGrowthInterval() int64 { return s.growthInterval }

// SetGrowthInterval changes what [GrowthInterval] has set.
func (s *GradScaler) SetGrowthInterval(interval int64) { s.growthInterval = interval }

// IsEnabled reports whether the scaler does anything.
func (s *GradScaler) IsEnabled() bool { return s.enabled }

// steps returns how many steps in a row went well.
func (s *GradScaler) steps() int64 {
	if s.tracker == nil {
		return s.initTracker
	}
	return torch.ItemOf[int64](s.tracker)
}

// StateDict returns what the scaler knows, by PyTorch's names: "scale",
// "growth_factor" and "backoff_factor", which are float64, and "growth_interval"
// and "_growth_tracker", the number of steps in a row that went well, which are
// int64. It is empty if the scaler is not enabled. Call it after
// [GradScaler.Update].
func (s *GradScaler) StateDict() map[string]any {
	if !s.enabled {
		return map[string]any{}
	}
	return map[string]any{
		"scale":           s.GetScale(),
		"growth_factor":   s.growthFactor,
		"backoff_factor":  s.backoffFactor,
		"growth_interval": s.growthInterval,
		"_growth_tracker": s.steps(),
	}
}

// LoadStateDict sets what [GradScaler.StateDict] returned; numbers may be of any
// type. It does nothing if the scaler is not enabled. A state that is empty, or
// lacks something, is an error, and leaves the scaler as it was.
func (s *GradScaler) LoadStateDict(state map[string]any) error {
	if !s.enabled {
		return nil
	}
	if len(state) == 0 {
		return torch.NewError("RuntimeError", "The source state dict is empty, possibly because it was saved "+
			"from a disabled instance of GradScaler.")
	}
	loaded := map[string]float64{}
	for _, name := range []string{"scale", "growth_factor", "backoff_factor", "growth_interval", "_growth_tracker"} {
		value, ok := state[name]
		if !ok {
			return torch.NewError("KeyError", "'%s'", name)
		}
		if loaded[name], ok = number(value); !ok {
			return torch.NewError("TypeError", "%s must be a number, not %T", name, value)
		}
	}
	s.initScale, s.initTracker = loaded["scale"], int64(loaded["_growth_tracker"])
	s.growthFactor, s.backoffFactor = loaded["growth_factor"], loaded["backoff_factor"]
	s.growthInterval = int64(loaded["growth_interval"])
	if s.scale != nil {
		s.scale.Fill_(s.initScale)
		s.tracker.Fill_(s.initTracker)
	}
	return nil
}

// number reads a number of any type.
func number(value any) (float64, bool) {
	v := reflect.ValueOf(value)
	switch {
	case v.CanFloat():
		return v.Float(), true
	case v.CanInt():
		return float64(v.Int()), true
	}
	return 0, false
}
