/*
Package torch is PyTorch for Go: tensors, the functions on them, and automatic
differentiation, over libtorch, PyTorch's C++ core. The same program with the
same seed prints the same digits as in Python.

	x := torch.NewTensor([][]float32{{1, 2}, {3, 4}}, torch.RequiresGrad(true))
	y := x.Mm(x.T()).Relu().Sum()
	y.Backward()
	fmt.Println(x.Grad())

# Names

They are PyTorch's, each part between underscores with a capital:
torch.index_select is [IndexSelect], x.add_(y) is [Tensor.Add_]. Most are both
functions and methods. Where Python's overloads return different things the
longer form has its argument in its name: x.max() is [Tensor.Max], and
x.max(dim) is [Tensor.MaxDim], which returns values and indices. linalg, fft,
special, nn, optim and others are packages of their own.

# Arguments

What Python requires is positional, and the rest are options, which the compiler
checks: x.sum(dim=1, keepdim=True) is

	x.Sum(torch.Dim(1), torch.Keepdim(true))

A [DType], [Device], [Layout] or *[Generator] is an option itself:

	torch.Zeros([]int64{2, 3}, torch.Float64, torch.CUDA(0))

Operands that may be tensors or numbers have type any: x.Mul(2), x.Mul(2.5),
x.Mul(y). Integers and floating-point numbers promote as in Python. A nil
*Tensor is None.

# Memory

Tensors need no freeing: what nothing refers to is collected, before it takes
too much memory, on any device. A hot loop runs faster in a scope, which frees
at its end all that was made inside:

	for range torch.Scoped(1000) {
		step()
	}

See [Scope], [Keep], [Tensor.Close] and [MemoryStats].

# Devices

Tensors are made on the CPU, or on the device that an option names, and moved by
[Tensor.To]:

	x := torch.Zeros([]int64{2, 3}, torch.CUDA(0))
	y := x.To(torch.CPU)

Packages cuda and accelerator have the current device, streams and memory.

# Errors

Wrong shapes, dtypes and arguments panic with an *[Error] that has PyTorch's
message and the line of the program. [Try] makes an error of it:

	err := torch.Try(func() { x.Mm(y) })

# Modes and goroutines

PyTorch's modes belong to threads, and goroutines move between threads. So a mode
is a function around others: [NoGrad], [EnableGrad], [InferenceMode]. Every
goroutine starts in the default modes; [CaptureState] hands them on. Tensors may
be shared by goroutines as by Python's threads. Importing the package keeps
function main on one thread, where parallel operators are fastest; see
[SetNumThreads].
*/
package torch
