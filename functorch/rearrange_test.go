package functorch_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/functorch"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// A rearranging is a tensor's shape, a pattern and lengths.
type rearranging struct {
	Shape   []int64
	Pattern string
	Lengths functorch.AxesLengths
}

type lengths = functorch.AxesLengths

var rearrangings = []rearranging{
	{[]int64{2, 3, 4, 5}, "b h w c -> b h w c", nil},
	{[]int64{2, 3, 4, 5}, "b h w c -> (b h) w c", nil},
	{[]int64{2, 3, 4, 5}, "b h w c -> h (b w) c", nil},
	{[]int64{2, 3, 4, 5}, "b h w c -> b c h w", nil},
	{[]int64{2, 6, 4, 5}, "b (h1 h) (w1 w) c -> (b h1 w1) h w c", lengths{"h1": 2, "w1": 2}},
	{[]int64{2, 6, 4, 5}, "b (h h1) (w w1) c -> b h w (c h1 w1)", lengths{"h1": 3, "w1": 2}},
	{[]int64{2, 6}, "b (h1 h) -> b h1 h", lengths{"h1": 2, "h": 3}},
	{[]int64{2, 3}, "a b -> a b", lengths{"a": 2}},
	{[]int64{2, 3, 4}, "... -> ...", nil},
	{[]int64{2, 3, 4}, "... c -> c ...", nil},
	{[]int64{2, 3, 4}, "b ... -> b (...)", nil},
	{[]int64{2, 3, 4}, "b ... -> b 1 ... ()", nil},
	{[]int64{2, 3, 4}, "b ... c -> b (... c)", nil},
	{[]int64{2, 3}, "a b ... -> b ... a", nil},
	{[]int64{5}, "a -> a", nil},
	{[]int64{5}, "a -> 1 a (  )", nil},
	{[]int64{2, 1, 3, 1}, "a 1 b () -> b a", nil},
	{[]int64{2, 7, 3}, "a 1 b -> b a", nil}, // sums over what is called 1
	{[]int64{2, 1, 3}, "a 1 b -> (a b)", nil},
	{[]int64{2, 1, 3}, "a 1 b -> 1 (b a)", nil},
	{[]int64{2, 3}, "(1 a) b -> b a", nil},
	{[]int64{1}, "1 ->", nil},
	{nil, "->", nil},
	{nil, "... -> 1 ...", nil},
	{[]int64{0, 3}, "(a b) c -> c b a", lengths{"a": 2}},
	{[]int64{2, 3}, "é x_1 -> x_1 é", nil},
}

// message is the text that a Python test makes of what a call raises.
func message(fn func()) string {
	err := torch.Try(fn)
	if err == nil {
		return ""
	}
	e := err.(*torch.Error)
	return e.Kind + ": " + e.Message
}

func asJSON(t *testing.T, v any) string {
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return fmt.Sprintf("import json\ncases = json.loads(%q)\n", text)
}

func TestRearrange(t *testing.T) {
	py := parity.Run(t, asJSON(t, rearrangings)+`
from torch.func import rearrange
for i, c in enumerate(cases):
    torch.manual_seed(i)
    x = torch.randn(c["Shape"] or [], requires_grad=True)
    y = rearrange(x, c["Pattern"], **(c["Lengths"] or {}))
    y.square().sum().backward()
    out[f"y{i}"], out[f"g{i}"] = y.detach(), x.grad
    out[f"fn{i}"] = f"{y.grad_fn and y.grad_fn.name()} {list(y.stride())} {y.data_ptr() == x.data_ptr()}"
`)
	for i, c := range rearrangings {
		t.Run(c.Pattern, func(t *testing.T) {
			py := py.For(t)
			torch.ManualSeed(int64(i))
			x := torch.Randn(c.Shape, torch.RequiresGrad(true))
			y := functorch.Rearrange(x, c.Pattern, c.Lengths)
			y.Square().Sum().Backward()
			py.EqualTensor(fmt.Sprintf("y%d", i), y.Detach())
			py.EqualTensor(fmt.Sprintf("g%d", i), x.Grad())
			name := "None"
			if y.GradFn() != nil {
				name = y.GradFn().Name()
			}
			text := fmt.Sprintf("%s %s %s", name, pyList(y.Stride()), map[bool]string{true: "True", false: "False"}[y.DataPtr() == x.DataPtr()])
			assert.Equal(t, py.Text(fmt.Sprintf("fn%d", i)), text)
		})
	}
}

func pyList(values []int64) string {
	return strings.ReplaceAll(fmt.Sprint(values), " ", ", ")
}

func TestRearrangeList(t *testing.T) {
	py := parity.Run(t, `
from torch.func import rearrange, vmap
out["list"] = rearrange([torch.arange(6.).reshape(2, 3), torch.ones(2, 3)], "a b c -> b (a c)")
out["vmap"] = vmap(lambda t: rearrange(t, "a b -> (b a)"))(torch.arange(24.).reshape(4, 2, 3))
`)
	six := torch.Arange(6.).Reshape(2, 3)
	py.EqualTensor("list", functorch.Rearrange([]T{six, torch.Ones([]int64{2, 3})}, "a b c -> b (a c)"))
	flat := func(t T) T { return functorch.Rearrange(t, "a b -> (b a)") }
	py.EqualTensor("vmap", functorch.Vmap(flat)(torch.Arange(24.).Reshape(4, 2, 3)))
}

var wrongRearrangings = []rearranging{
	{[]int64{2, 6}, "a b", nil},
	{[]int64{2, 6}, "a b -> b -> a", nil},
	{[]int64{2, 6}, "a b c -> c b a", nil},
	{[]int64{2, 6}, "a b c ... -> c b a ...", nil},
	{[]int64{2, 6}, "a 3 -> a", nil},
	{[]int64{2, 6}, "a 0 -> a", nil},
	{[]int64{2, 6}, "a b -> a b c", nil},
	{[]int64{2, 6}, "a b -> a", nil},
	{[]int64{2, 6}, "a ... -> a", nil},
	{[]int64{2, 6}, "a b -> a b", lengths{"c": 1}},
	{[]int64{2, 6}, "a b -> ...", nil},
	{[]int64{2, 6}, "a (...) -> a ...", nil},
	{[]int64{2, 6}, "a (b (c)) -> a b", nil},
	{[]int64{2, 6}, "a b) -> a b", nil},
	{[]int64{2, 6}, "(a b -> a b", nil},
	{[]int64{2, 6}, "a. b -> a b", nil},
	{[]int64{2, 6}, "... ... -> a b", nil},
	{[]int64{2, 6}, "a....b -> a b", nil},
	{[]int64{2, 6}, "a a -> a", nil},
	{[]int64{2, 6}, "_a b -> _a b", nil},
	{[]int64{2, 6}, "1a b -> 1a b", nil},
	{[]int64{2, 6}, "a b! -> a b", nil},
	{[]int64{2, 6}, "a b -> (...)", nil},
	{[]int64{2, 6}, "a (b c) -> a b c", nil},
	{[]int64{2, 6}, "a (b c d) -> a b c d", lengths{"b": 2}},
	{[]int64{2, 6}, "a (b c) -> a b c", lengths{"b": 4}},
	{[]int64{2, 6}, "a (b c) -> a b c", lengths{"b": 2, "c": 2}},
	{[]int64{2, 6}, "a (b c) -> a b c", lengths{"b": 0}},
	{[]int64{2, 6}, "a (b c) -> a b c", lengths{"b": -1}},
	{[]int64{2, 6}, "a b -> b a", lengths{"b": 5}},
}

func TestRearrangeErrors(t *testing.T) {
	py := parity.Run(t, asJSON(t, wrongRearrangings)+`
from torch.func import rearrange
out["errors"] = []
for c in cases:
    try: rearrange(torch.ones(c["Shape"]), c["Pattern"], **(c["Lengths"] or {}))
    except Exception as e: out["errors"].append(f"{type(e).__name__}: {e}")
`)
	for i, want := range py.Strings("errors") {
		c := wrongRearrangings[i]
		assert.Equal(t, want, message(func() { functorch.Rearrange(torch.Ones(c.Shape), c.Pattern, c.Lengths) }), c.Pattern)
	}
	assert.Len(t, py.Strings("errors"), len(wrongRearrangings))
}

// Python refuses these by slips of its own.
func TestRearrangeBeyondPython(t *testing.T) {
	py := parity.Run(t, `
from torch.func import rearrange
out["errors"] = []
for shape, pattern in ((6,), "(a b) -> a b"), ((2, 1, 3), "a 1 b -> a 1 b"):
    try: rearrange(torch.ones(shape), pattern, **({"a": 2} if "(" in pattern else {}))
    except Exception as e: out["errors"].append(str(e))
`)
	assert.Equal(t, []string{"at least 2 indices were supplied but the tensor only has 1 dimensions",
		"Tensor has 4 dimensions but 3 levels provided"}, py.Strings("errors"))
	split := functorch.Rearrange(torch.Arange(6), "(a b) -> a b", lengths{"a": 2})
	assert.True(t, torch.Equal(split, torch.Arange(6).Reshape(2, 3)))
	same := torch.Arange(6).Reshape(2, 1, 3)
	assert.True(t, torch.Equal(functorch.Rearrange(same, "a 1 b -> a 1 b"), same))
}

func TestReplaceAllBatchNormModules(t *testing.T) {
	py := parity.Run(t, `
from torch import nn
from torch.func import *
torch.manual_seed(2)
net = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Sequential(nn.SyncBatchNorm(3), nn.InstanceNorm1d(3, track_running_stats=True)))
out["same"] = replace_all_batch_norm_modules_(net) is net
out["text"], out["state"] = str(net), list(net.state_dict())
net = replace_all_batch_norm_modules_(net[:2])
params, x = dict(net.named_parameters()), torch.randn(2, 5, 4)
out["y"] = vmap(lambda x: functional_call(net, params, x))(x).detach()
out["alone"] = repr(replace_all_batch_norm_modules_(nn.BatchNorm2d(3)))
`)
	torch.ManualSeed(2)
	linear, norm := nn.NewLinear(4, 3), nn.NewBatchNorm1d(3)
	net := nn.NewSequential(linear, norm, nn.NewSequential(nn.NewSyncBatchNorm(3), nn.NewInstanceNorm1d(3, nn.TrackRunningStats(true))))
	assert.Same(t, net, functorch.ReplaceAllBatchNormModules_(net))
	assert.Equal(t, py.Text("text"), net.String())
	var keys []string
	for key := range net.StateDict().All() {
		keys = append(keys, key)
	}
	assert.Equal(t, py.Strings("state"), keys)
	two := nn.NewSequential(linear, norm)
	params, x := functorch.State(two.NamedParameters()), torch.Randn([]int64{2, 5, 4})
	y := functorch.Vmap(func(x T) T { return functorch.FunctionalCall(two, params, x) })(x)
	py.EqualTensor("y", y.Detach())
	assert.Equal(t, py.Text("alone"), functorch.ReplaceAllBatchNormModules_(nn.NewBatchNorm2d(3)).String())
}
