package torch

// Empty makes a tensor whose elements are not set, Python's torch.empty.
func Empty(size []int64, opts ...CreationOption) *Tensor {
	c := newCreation(opts)
	return c.finish(opEmptyMemoryFormat(size, c.dtype, c.layout, c.device, c.pinMemory, c.format))
}

// Zeros makes a tensor of zeros, Python's torch.zeros.
func Zeros(size []int64, opts ...CreationOption) *Tensor {
	c := newCreation(opts)
	return c.finish(opZeros(size, c.dtype, c.layout, c.device, c.pinMemory))
}

// Ones makes a tensor of ones, Python's torch.ones.
func Ones(size []int64, opts ...CreationOption) *Tensor {
	c := newCreation(opts)
	return c.finish(opOnes(size, c.dtype, c.layout, c.device, c.pinMemory))
}

// Full makes a tensor filled with a number, Python's torch.full. Without a
// [DType] the number's kind decides it.
func Full(size []int64, fillValue any, opts ...CreationOption) *Tensor {
	c := newCreation(opts)
	return c.finish(opFull(size, toScalar(fillValue, "fill_value"), c.dtype, c.layout, c.device, c.pinMemory))
}

// Eye makes the identity matrix of n rows, Python's torch.eye(n).
func Eye(n int64, opts ...CreationOption) *Tensor {
	c := newCreation(opts)
	return c.finish(opEye(n, c.dtype, c.layout, c.device, c.pinMemory))
}

// Arange makes the numbers from 0 to end, end excluded, Python's
// torch.arange(end).
func Arange(end any, opts ...CreationOption) *Tensor {
	c := newCreation(opts)
	return c.finish(opArange(toScalar(end, "end"), c.dtype, c.layout, c.device, c.pinMemory))
}

// Linspace makes steps numbers at equal distances from start to end, Python's
// torch.linspace.
func Linspace(start, end any, steps int64, opts ...CreationOption) *Tensor {
	c := newCreation(opts)
	return c.finish(opLinspace(toScalar(start, "start"), toScalar(end, "end"), steps, c.dtype, c.layout, c.device, c.pinMemory))
}

// Rand makes random numbers, uniform in [0, 1), Python's torch.rand.
func Rand(size []int64, opts ...CreationOption) *Tensor {
	c := newCreation(opts)
	return c.finish(opRandGenerator(size, c.generator, c.dtype, c.layout, c.device, c.pinMemory))
}

// Randn makes random numbers of the standard normal distribution, Python's
// torch.randn.
func Randn(size []int64, opts ...CreationOption) *Tensor {
	c := newCreation(opts)
	return c.finish(opRandnGenerator(size, c.generator, c.dtype, c.layout, c.device, c.pinMemory))
}

// Randint makes random integers from low to high, high excluded, Python's
// torch.randint. The dtype is Int64 unless given.
func Randint(low, high int64, size []int64, opts ...CreationOption) *Tensor {
	c := newCreation(opts)
	if c.dtype == 0 {
		c.dtype = Int64
	}
	return c.finish(opRandintLowGenerator(low, high, size, c.generator, c.dtype, c.layout, c.device, c.pinMemory))
}

// Randperm makes a random permutation of the integers below n, Python's
// torch.randperm.
func Randperm(n int64, opts ...CreationOption) *Tensor {
	c := newCreation(opts)
	if c.dtype == 0 {
		c.dtype = Int64
	}
	return c.finish(opRandpermGenerator(n, c.generator, c.dtype, c.layout, c.device, c.pinMemory))
}

// EmptyLike makes a tensor like input whose elements are not set, Python's
// torch.empty_like.
func EmptyLike(input *Tensor, opts ...CreationOption) *Tensor {
	c := newCreation(opts)
	return c.finish(opEmptyLike(input, c.dtype, c.layout, c.device, c.pinMemory, c.format))
}

// ZerosLike makes zeros like input, Python's torch.zeros_like.
func ZerosLike(input *Tensor, opts ...CreationOption) *Tensor {
	c := newCreation(opts)
	return c.finish(opZerosLike(input, c.dtype, c.layout, c.device, c.pinMemory, c.format))
}

// OnesLike makes ones like input, Python's torch.ones_like.
func OnesLike(input *Tensor, opts ...CreationOption) *Tensor {
	c := newCreation(opts)
	return c.finish(opOnesLike(input, c.dtype, c.layout, c.device, c.pinMemory, c.format))
}

// A RandomOption is an option of the functions that only draw numbers: a
// *[Generator].
type RandomOption interface{ applyRandom(**Generator) }

func (g *Generator) applyRandom(to **Generator) { *to = g }

func generatorOf(opts []RandomOption) (g *Generator) {
	for _, o := range opts {
		o.applyRandom(&g)
	}
	return g
}

// Uniform_ fills t with random numbers, uniform in [from, to), and returns t.
func (t *Tensor) Uniform_(from, to float64, opts ...RandomOption) *Tensor {
	opUniform_(t, from, to, generatorOf(opts))
	return t
}

// Normal_ fills t with random numbers of a normal distribution, and returns t.
func (t *Tensor) Normal_(mean, std float64, opts ...RandomOption) *Tensor {
	opNormal_(t, mean, std, generatorOf(opts))
	return t
}

// Bernoulli_ sets each element to 1 with probability p and to 0 otherwise, and
// returns t.
func (t *Tensor) Bernoulli_(p float64, opts ...RandomOption) *Tensor {
	opBernoulli_Float(t, p, generatorOf(opts))
	return t
}
