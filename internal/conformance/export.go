package conformance

// An Export is an exported function, or a method of Tensor, whose first parameter
// is the receiver.
type Export struct {
	Name       string // torch.Add, torch.Tensor.Add
	Function   any
	Parameters string // their names
	Python     string // the names that its documentation mentions as Python's
}
