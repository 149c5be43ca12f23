package torch

// A tensorRole is what package nn takes a tensor for, besides a parameter.
type tensorRole uint8

const (
	bufferRole    tensorRole = 1 << iota // a buffer
	transientRole                        // that is in no state dictionary
)

// MarkParameter makes t a parameter in the eyes of package nn, takes it out of
// all scopes, and returns it. Use nn.NewParameter.
func MarkParameter(t *Tensor) *Tensor {
	t.parameter = true
	return Keep(t)
}

// IsParameter reports whether t is a module's parameter.
func (t *Tensor) IsParameter() bool { return t != nil && t.parameter }

// MarkBuffer makes t a buffer in the eyes of package nn, takes it out of all
// scopes, and returns it. Use nn.NewBuffer.
func MarkBuffer(t *Tensor, persistent bool) *Tensor {
	t.role |= bufferRole
	if !persistent {
		t.role |= transientRole
	}
	return Keep(t)
}

// IsBuffer reports whether t is a buffer that nn.NewBuffer made, and whether it
// belongs into state dictionaries.
func (t *Tensor) IsBuffer() (buffer, persistent bool) {
	if t == nil || t.role&bufferRole == 0 {
		return false, false
	}
	return true, t.role&transientRole == 0
}
