package nn_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/nn/ninit"
	"github.com/wangkuiyi/gotorch/torch"
)

// Uses of an uninitialized parameter p and buffer b, in Python and in Go.
var uninitializedUses = []struct {
	python string
	golang func(p, b *torch.Tensor)
}{
	{"p.add(1)", func(p, _ *torch.Tensor) { p.Add(1) }},
	{"b.mul(2)", func(_, b *torch.Tensor) { b.Mul(2) }},
	{"torch.ones(2).add(p)", func(p, _ *torch.Tensor) { torch.Ones([]int64{2}).Add(p) }},
	{"torch.exp(p)", func(p, _ *torch.Tensor) { torch.Exp(p) }},
	{"p.numel()", func(p, _ *torch.Tensor) { p.Numel() }},
	{"p.dim()", func(p, _ *torch.Tensor) { p.Dim() }},
	{"p.stride()", func(p, _ *torch.Tensor) { p.Stride() }},
	{"p.is_contiguous()", func(p, _ *torch.Tensor) { p.IsContiguous() }},
	{"p.element_size()", func(p, _ *torch.Tensor) { p.ElementSize() }},
	{"p.data_ptr()", func(p, _ *torch.Tensor) { p.DataPtr() }},
	{"p.detach()", func(p, _ *torch.Tensor) { p.Detach() }},
	{"p.clone()", func(p, _ *torch.Tensor) { p.Clone() }},
	{"p.requires_grad_(False)", func(p, _ *torch.Tensor) { p.RequiresGrad_(false) }},
	{"p.retain_grad()", func(p, _ *torch.Tensor) { p.RetainGrad() }},
	{"p.backward()", func(p, _ *torch.Tensor) { p.Backward() }},
	{"torch.autograd.backward([p])", func(p, _ *torch.Tensor) { torch.Backward([]*torch.Tensor{p}) }},
	{"torch.autograd.grad([p], [p])", func(p, _ *torch.Tensor) { torch.Grad([]*torch.Tensor{p}, []*torch.Tensor{p}) }},
	{"p.bfloat16()", func(p, _ *torch.Tensor) { p.Bfloat16() }},
	{"p.item()", func(p, _ *torch.Tensor) { p.Item() }},
	{"nn.init.zeros_(p)", func(p, _ *torch.Tensor) { ninit.Zeros_(p) }},
	{"nn.Parameter(p)", func(p, _ *torch.Tensor) { nn.NewParameter(p) }},
	{"torch.empty_like(p)", func(p, _ *torch.Tensor) { torch.EmptyLike(p) }},
	{"nn.LazyLinear(2).to_empty(device='cpu')", func(_, _ *torch.Tensor) { nn.NewLazyLinear(2).ToEmpty(torch.CPU) }},
	{"nn.LazyLinear(2).requires_grad_(False)", func(_, _ *torch.Tensor) { nn.NewLazyLinear(2).RequiresGrad_(false) }},
	{"nn.LazyLinear(2).bfloat16()", func(_, _ *torch.Tensor) { nn.NewLazyLinear(2).Bfloat16() }},
	{"p.shape", func(p, _ *torch.Tensor) { p.Shape() }},
	{"F.linear(torch.ones(2), p)", func(p, _ *torch.Tensor) { functional.Linear(torch.Ones([]int64{2}), p) }},

	{"p.size(0)", func(p, _ *torch.Tensor) { p.Size(0) }},
	{"p.half()", func(p, _ *torch.Tensor) { p.Half() }},
	{"p.to(torch.float64)", func(p, _ *torch.Tensor) { p.To(torch.Float64) }},
	{"p.cpu()", func(p, _ *torch.Tensor) { p.Cpu() }},
	{"p.is_floating_point()", func(p, _ *torch.Tensor) { p.IsFloatingPoint() }},
	{"(p.dtype, p.device, p.requires_grad, p.grad, p.is_leaf, p.grad_fn, p.data, p._version)", func(p, _ *torch.Tensor) {
		_, _, _, _, _, _, _, _ = p.DType(), p.Device(), p.RequiresGrad(), p.Grad(), p.IsLeaf(), p.GradFn(), p.Data(), p.Version()
	}},
	{"nn.LazyLinear(2).zero_grad()", func(_, _ *torch.Tensor) { nn.NewLazyLinear(2).ZeroGrad() }},
	{"b.copy_(torch.ones(0))", func(_, b *torch.Tensor) { b.Copy_(torch.Ones([]int64{0})) }},
	{"nn.LazyBatchNorm1d().double()", func(_, _ *torch.Tensor) { nn.NewLazyBatchNorm1d().Double() }},
}

// What Python does not do with uninitialized parameters panics, with its text.
func TestUninitializedIsRefused(t *testing.T) {
	var code strings.Builder
	code.WriteString("errors = out['errors'] = []\np, b = nn.LazyLinear(2).weight, nn.LazyBatchNorm1d().running_mean\n")
	for _, use := range uninitializedUses {
		fmt.Fprintf(&code, "try:\n\t%s\n\terrors.append('')\n", use.python)
		code.WriteString("except Exception as e: errors.append(type(e).__name__ + ': ' + str(e))\n")
	}
	want := parity.Run(t, code.String()).Strings("errors")
	address := regexp.MustCompile(` at 0x[0-9a-f]+`)
	for i, use := range uninitializedUses {
		p, b := nn.NewLazyLinear(2).Weight, nn.NewLazyBatchNorm1d().RunningMean
		got := ""
		if err := torch.Try(func() { use.golang(p, b) }); err != nil {
			e := err.(*torch.Error)
			got = e.Kind + ": " + e.Message
		}
		wanted := address.ReplaceAllString(want[i], "")
		if use.python == "F.linear(torch.ones(2), p)" { // which Python binds as a function, not as a method of a type
			wanted = strings.Replace(wanted, "built-in function linear", "built-in method linear of type object", 1)
		}
		assert.Equal(t, wanted, got, use.python)
	}
}

// An uninitialized tensor may be closed, and may come from a scope.
func TestUninitializedIsFreed(t *testing.T) {
	var p *torch.Tensor
	torch.Scope(func() { p = nn.NewUninitializedParameter(torch.Float64) })
	assert.Equal(t, torch.Float64, p.DType())
	q := nn.NewUninitializedParameter()
	q.Close()
	q.Close()
	assert.False(t, nn.IsLazy(q))
	assert.Panics(t, func() { q.DType() })
	nn.Materialize(p, []int64{2})
	assert.Equal(t, []int64{2}, p.Add(1).Shape())
	p.Close()
}
