package varlen

import (
	"strconv"
	"strings"

	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/torch"
)

// attention is the operation, of query, key, value, and where sequences begin in them. Python's
// operator torch_attn::_varlen_attn.
type attention struct {
	autograd.OnceDifferentiable
	arguments
	maxQ, maxK int64
}

// Name returns the name of the node in the graph.
func (a *attention) Name() string { return "_varlen_attn" }

// operands are those of the kernel.
func (a *attention) operands(query, key, value, cuSeqQ, cuSeqK *torch.Tensor) []any {
	const dropout, debugMask = 0.0, false
	causal := a.window == [2]int64{-1, 0}
	return []any{query, key, value, cuSeqQ, orNone(cuSeqK), a.maxQ, a.maxK, dropout, causal, debugMask, a.scale,
		a.window[0], a.window[1], orNone(a.seqused), nil, orNone(a.blockTable), a.splits}
}

func orNone(t *torch.Tensor) any {
	if t == nil {
		return nil
	}
	return t
}

// Forward computes the attention and its logarithms of sums.
func (a *attention) Forward(ctx *autograd.FunctionCtx, in ...*torch.Tensor) []*torch.Tensor {
	results := torch.Call("aten::_flash_attention_forward", a.operands(in[0], in[1], in[2], in[3], in[4])...)
	out, lse := results[0].(*torch.Tensor), results[1].(*torch.Tensor)
	ctx.MarkNonDifferentiable(lse)
	ctx.SaveForBackward(append(in, out, lse)...)
	return []*torch.Tensor{out, lse}
}

// Backward computes the gradients of query, key and value.
func (a *attention) Backward(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	if a.seqused != nil {
		panic(torch.NewError("RuntimeError", "seqused_k is an inference-only parameter."))
	}
	if a.blockTable != nil {
		panic(torch.NewError("RuntimeError", "block_table is an inference-only parameter."))
	}
	saved := ctx.SavedTensors()
	query, key, value, cuSeqQ, cuSeqK, out, lse := saved[0], saved[1], saved[2], saved[3], saved[4], saved[5], saved[6]
	const dropout = 0.0
	causal := a.window == [2]int64{-1, 0}
	random := torch.Zeros([]int64{2}, torch.Uint64, query.Device()) // of dropout, which is none
	unused := torch.Empty([]int64{0}, query.Device())
	results := torch.Call("aten::_flash_attention_backward", grads[0], query, key, value, out, lse, cuSeqQ, cuSeqK, a.maxQ, a.maxK,
		dropout, causal, random, unused, a.scale, a.window[0], a.window[1])
	return []*torch.Tensor{results[0].(*torch.Tensor), results[1].(*torch.Tensor), results[2].(*torch.Tensor), nil, nil}
}

// pythonFloat writes a number as Python does.
func pythonFloat(v float64) string {
	text := strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'g', -1, 64), "+"))
	if !strings.ContainsAny(text, ".en") {
		text += ".0"
	}
	return text
}
