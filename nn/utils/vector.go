package utils

import "github.com/wangkuiyi/gotorch/torch"

// ParametersToVector returns all elements of the parameters in one vector, with
// its place in the graph. Python's torch.nn.utils.parameters_to_vector.
func ParametersToVector(parameters []*torch.Tensor) *torch.Tensor {
	requireOneDevice(parameters)
	flat := make([]*torch.Tensor, len(parameters))
	for i, p := range parameters {
		flat[i] = p.View(-1)
	}
	return torch.Cat(flat)
}

// VectorToParameters makes the parameters views of parts of the vector, in their
// order and shapes. Python's torch.nn.utils.vector_to_parameters.
func VectorToParameters(vector *torch.Tensor, parameters []*torch.Tensor) {
	requireOneDevice(parameters)
	data, start := vector.Detach(), int64(0)
	for _, p := range parameters {
		n := p.Numel()
		p.SetData(data.Index(torch.Slice(start, start+n)).ViewAs(p))
		start += n
	}
}

func requireOneDevice(parameters []*torch.Tensor) {
	for _, p := range parameters {
		if p.Device() != parameters[0].Device() {
			raise("TypeError", "Found two parameters on different devices, this is currently not supported.")
		}
	}
}
