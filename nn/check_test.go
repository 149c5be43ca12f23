package nn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/backends/mha"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

type tensors = []*torch.Tensor

// A moduleCase is a module and a call of it, in Python and in Go.
type moduleCase struct {
	python string // makes m
	golang func() nn.AnyModule
	on     operands
	call   moduleCall // by default, with all operands
}

// operands are what modules are called on. Gradients are compared of those that
// require them.
type operands struct {
	names  string // in Python
	python string // a list of them
	golang func() tensors
}

// A moduleCall is a call of m, in Python, and of the same module in Go.
type moduleCall struct {
	python string
	golang func(m nn.AnyModule, x tensors) tensors
}

// callOf makes the call of a module of one kind.
func callOf[M nn.AnyModule](python string, golang func(m M, x tensors) tensors) moduleCall {
	return moduleCall{python, func(m nn.AnyModule, x tensors) tensors { return golang(m.(M), x) }}
}

// forward calls a module with all of its operands.
func forward(m nn.AnyModule, x tensors) tensors {
	switch m := m.(type) {
	case nn.Layer:
		return tensors{m.Forward(x[0])}
	case interface {
		Forward(a, b *torch.Tensor) *torch.Tensor
	}:
		return tensors{m.Forward(x[0], x[1])}
	case interface {
		Forward(a, b, c *torch.Tensor) *torch.Tensor
	}:
		return tensors{m.Forward(x[0], x[1], x[2])}
	case interface {
		Forward(a, b, c, d *torch.Tensor) *torch.Tensor
	}:
		return tensors{m.Forward(x[0], x[1], x[2], x[3])}
	}
	panic(fmt.Sprintf("call %T in another way", m))
}

// pythonCheck computes, with a module and with a deep copy of it, all that is
// compared.
const pythonCheck = `
import copy
sines = lambda *shape: torch.arange(float(torch.Size(shape).numel())).sin().view(*shape)
pad = torch.tensor([[False, False, False, True], [False, False, True, True], [False] * 4])
mask = torch.ones(4, 4).triu(1) == 1
numbers = sines(6, 4, 4)
torch.manual_seed(1)
m = %s
[%s] = inputs = [%s]
out["text"] = repr(m)
def call(m):
	torch.manual_seed(2)
	results = %s
	return [r for r in (results if isinstance(results, tuple) else (results,)) if r is not None]
for key, m in ("", m), ("copy ", copy.deepcopy(m)):
	out[key + "keys"] = list(m.state_dict())
	out[key + "initial"] = [v.clone() for v in m.state_dict().values()]
	out[key + "parameters"] = [p.clone() for p in m.parameters()]
	out[key + "train"] = results = call(m)
	loss = sum((r * r).sum() for r in results if r.requires_grad)
	if isinstance(loss, torch.Tensor): loss.backward()
	out[key + "grads"] = [None if p.grad is None else p.grad.to_dense() for p in [*inputs, *m.parameters()]]
	m.eval()
	out[key + "eval"] = call(m)
	with torch.no_grad(): out[key + "no grad"] = call(m)
	out[key + "buffers"] = list(m.buffers())
	for i in inputs: i.grad = None
`

// checkModules compares modules with Python's: the printed form, the parameters
// and the state dictionary from the same seed, results in training mode, in
// evaluation mode and without gradients, all gradients, those of the inputs, too,
// buffers, warnings; and all of it once more for a deep copy.
func checkModules(t *testing.T, cases []moduleCase) {
	t.Helper()
	for _, c := range cases {
		if c.call.golang == nil {
			c.call = moduleCall{"m(" + c.on.names + ")", forward}
		}
		t.Run(strings.Join([]string{c.python, c.on.python, c.call.python}, " "), func(t *testing.T) { c.check(t) })
	}
}

func (c *moduleCase) check(t *testing.T) {
	py := parity.Run(t, fmt.Sprintf(pythonCheck, c.python, c.on.names, c.on.python, c.call.python))
	warnings := recordWarnings(t)
	torch.ManualSeed(1)
	m := c.golang()
	x := c.on.golang()
	assert.Equal(t, py.Text("text"), m.String())
	copied := nn.DeepCopy(m)
	assert.Equal(t, m.String(), copied.String())
	c.compare(t, py, "", m, x)
	c.compare(t, py, "copy ", copied, x)
	assert.ElementsMatch(t, lasting(messages(py.Warnings)), lasting(*warnings))
}

// compare compares what Python computed under a key.
func (c *moduleCase) compare(t *testing.T, py *parity.Result, key string, m nn.AnyModule, x tensors) {
	t.Helper()
	assert.Equal(t, py.Strings(key+"keys"), m.StateDict().Keys())
	py.EqualTensors(key+"initial", stateTensors(m.StateDict()))
	py.EqualTensors(key+"parameters", m.Parameters())
	call := func() tensors {
		torch.ManualSeed(2)
		return c.call.golang(m, x)
	}
	results := call()
	py.EqualTensors(key+"train", results)
	backward(results)
	py.EqualTensors(key+"grads", gradients(slices.Concat(x, m.Parameters())))
	m.Eval()
	py.EqualTensors(key+"eval", call())
	// A default device, being a mode, keeps Python from the fast path.
	mha.SetFastpathEnabled(torch.GetDefaultDevice() == torch.CPU)
	defer mha.SetFastpathEnabled(true)
	torch.NoGrad(func() { py.EqualTensors(key+"no grad", call()) })
	py.EqualTensors(key+"buffers", m.Buffers())
	for _, i := range x {
		i.SetGrad(nil)
	}
}

// backward differentiates the sum of the squares of the results.
func backward(results tensors) {
	var loss *torch.Tensor
	for _, r := range results {
		if !r.RequiresGrad() {
			continue
		}
		if part := r.Mul(r).Sum(); loss == nil {
			loss = part
		} else {
			loss = loss.Add(part)
		}
	}
	if loss != nil {
		loss.Backward()
	}
}

// gradients are those of tensors, dense, and nil where there is none.
func gradients(of tensors) (grads tensors) {
	for _, p := range of {
		g := p.Grad()
		if g != nil && g.IsSparse() {
			g = g.ToDense()
		}
		grads = append(grads, g)
	}
	return grads
}

func stateTensors(state *nn.StateDict) (list tensors) {
	for _, t := range state.All() {
		list = append(list, t)
	}
	return list
}

// some are the results that are not nil.
func some(results ...*torch.Tensor) (list tensors) {
	for _, r := range results {
		if r != nil {
			list = append(list, r)
		}
	}
	return list
}

// recordWarnings collects the messages of warnings until the test ends.
func recordWarnings(t *testing.T) *[]string {
	var list []string
	before := torch.SetWarningHandler(func(w torch.Warning) { list = append(list, w.Message) })
	t.Cleanup(func() { torch.SetWarningHandler(before) })
	return &list
}

// messages returns what Python warned of, without the place in C++.
func messages(warnings []parity.Warning) []string {
	var list []string
	for _, w := range warnings {
		message, _, _ := strings.Cut(w.Message, " (Triggered internally")
		list = append(list, message)
	}
	return list
}

// onceInAProcess are warnings that libtorch gives once in a process, which may have
// been in another test.
var onceInAProcess = []string{
	"The PyTorch API of nested tensors is in prototype stage",
	"Using padding='same' with even",
}

// lasting leaves out repeated warnings, which Go gives once for a place, and those of
// libtorch that come once in a process.
func lasting(messages []string) (list []string) {
	for _, m := range messages {
		once := slices.ContainsFunc(onceInAProcess, func(start string) bool { return strings.HasPrefix(m, start) })
		if !once && !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

func sines(shape ...int64) *torch.Tensor {
	n := int64(1)
	for _, s := range shape {
		n *= s
	}
	return torch.Arange(float64(n)).Sin().View(shape...)
}

// pad, mask and numbers are those of pythonCheck.
var (
	pad = func() *torch.Tensor {
		return torch.NewTensor([][]bool{{false, false, false, true}, {false, false, true, true}, {false, false, false, false}})
	}
	mask    = func() *torch.Tensor { return torch.Ones([]int64{4, 4}).Triu(torch.WithDiagonal(1)).Eq(1) }
	numbers = func() *torch.Tensor { return sines(6, 4, 4) }
)

// An operand is one of several.
type operand struct {
	python string
	golang func() *torch.Tensor
}

// given are operands that are called x0, x1, and so on.
func given(list ...operand) operands {
	names, python := make([]string, len(list)), make([]string, len(list))
	for i, o := range list {
		names[i], python[i] = fmt.Sprint("x", i), o.python
	}
	return operands{strings.Join(names, ", "), strings.Join(python, ", "), func() (x tensors) {
		for _, o := range list {
			x = append(x, o.golang())
		}
		return x
	}}
}

// normal has numbers from the normal distribution, and requires its gradient.
func normal(shape ...int64) operand {
	return operand{fmt.Sprintf("torch.randn([%s], requires_grad=True)", commas(shape)),
		func() *torch.Tensor { return torch.Randn(shape, torch.RequiresGrad(true)) }}
}

// uniform has numbers between 0 and 1, and requires its gradient.
func uniform(shape ...int64) operand {
	return operand{fmt.Sprintf("torch.rand([%s], requires_grad=True)", commas(shape)),
		func() *torch.Tensor { return torch.Rand(shape, torch.RequiresGrad(true)) }}
}

func commas(v []int64) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(v), "[]"), " ", ", ")
}
