package conformance

const cpuAlone = "PyTorch has it for the CPU alone"

// deviceReasons are why a CUDA device has other results than the CPU, in Python, too.
var deviceReasons = []reason{
	because(`(histogram|histogramdd|narrow_copy|_for_cpu)(\.|$)`, `with arguments from the 'CUDA' backend`, cpuAlone),
	because(`tensor_split(\.|$)`, `expected tensor_indices_or_sections to be on cpu`, wantsCPU),
	because(`\.rms_norm$`, `grad_fn FusedRmsNormBackward0`, "CUDA has one kernel for all of it"),
	because(`\.(min|max)$`, `gradient 0 differs`, "a gradient that several share is a product on CUDA, and has zeros of both signs"),
	because(`\.renorm$`, `gradient 0 differs`, "for the gradient CUDA adds up in float32, the CPU in float64"),
	because(`\.narrow_copy$`, `raised "(Dimension out of range|narrow\(\): length)`, "the CPU has a kernel of its own, with a text of its own"),
	because(`\.max_pool1d$`, `has version 0, not 1`, "the CPU has a kernel of its own, which reshapes its result in place"),
	because(`\.dropout$`, `grad_fn NativeDropoutBackward0`, "CUDA has one kernel for all of it"),

	// The simulation's.
	because(`\.mode$|\bldexp_?(\.|$)`, `CUDA error: operation not supported|failed inside CUB`, "it goes past the dispatcher to CUDA's kernel, which is not simulated"),
	because(`\.index_select$`, `raised <nil>, not RuntimeError: unsupported operation: more than one`, "the simulated GPU resizes what is given for out= before the kernel sees it"),
	because(`\.(conv2d|conv3d|conv_transpose2d|trapz|trapezoid|solve_triangular|householder_product|ormqr)$`,
		`gradient \d .*numbers of complex`, denseCopies),
	because(`\.(complex|polar|householder_product)$`, `gradient \d .*numbers of float`, denseCopies),
}

const denseCopies = "the simulated GPU hands kernels dense copies of views, for which the CPU has loops that round otherwise"

const wantsCPU = "it wants its indices on the CPU, wherever the tensor is"

// incomparable are the entries of which no call can be compared on a device, and why.
var incomparable = map[string]string{
	"sparse.mm.reduce":     "sparse tensors are not recorded",
	"sparse.sampled_addmm": "sparse tensors are not recorded",
	"to_sparse":            "sparse tensors are not recorded",
	"broadcast_shapes":     "it is about shapes alone, which are not recorded",
	"histogram":            cpuAlone,
	"histogramdd":          cpuAlone,
	"torch.ops.aten._scaled_dot_product_flash_attention_for_cpu": cpuAlone,
}
