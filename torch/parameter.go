package torch

// MarkParameter makes t a parameter in the eyes of package nn, takes it out of
// all scopes, and returns it. Use nn.NewParameter.
func MarkParameter(t *Tensor) *Tensor {
	t.parameter = true
	return Keep(t)
}

// IsParameter reports whether t is a module's parameter.
func (t *Tensor) IsParameter() bool { return t != nil && t.parameter }
