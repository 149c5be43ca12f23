package functional_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	F "github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// chunkOptions are options in Python and in Go.
var chunkOptions = []struct {
	python string
	golang F.LinearCrossEntropyOptions
}{
	{"", F.LinearCrossEntropyOptions{}},
	{"allow_retain_graph=True", F.LinearCrossEntropyOptions{AllowRetainGraph: true}},
	{"batch_chunk_size=7", F.LinearCrossEntropyOptions{BatchChunkSize: 7}},
	{"batch_chunk_size=100", F.LinearCrossEntropyOptions{BatchChunkSize: 100}},
	{"chunking_method='aspect_ratio:2'", F.LinearCrossEntropyOptions{ChunkingMethod: "aspect_ratio:2"}},
	{"chunking_method=None", F.LinearCrossEntropyOptions{ChunkingMethod: "None"}},
	{"acc_policy='compact', acc_dtype=torch.float32", F.LinearCrossEntropyOptions{AccPolicy: "compact", AccDtype: torch.Float32}},
	{"acc_policy='accurate'", F.LinearCrossEntropyOptions{AccPolicy: "accurate"}},
	{"chunking_method='aspect_ratio', batch_chunk_size=3", F.LinearCrossEntropyOptions{ChunkingMethod: "aspect_ratio", BatchChunkSize: 3}},
}

// chunkTargets are targets of 40 rows of 80 classes.
var chunkTargets = []struct {
	python string
	golang func(o *operands, dtype torch.DType) *torch.Tensor
}{
	{"torch.arange(40) * 7 %% 80", func(*operands, torch.DType) *torch.Tensor { return torch.Arange(40).Mul(7).Remainder(80) }},
	{"torch.arange(3200).reshape(40, 80).remainder(11).div(1.).softmax(1).to(torch.%[1]s)", func(_ *operands, d torch.DType) *torch.Tensor {
		return torch.Arange(3200).Reshape(40, 80).Remainder(11).Div(1.0).Softmax(1).To(d)
	}},
}

// The loss in chunks has Python's digits, whatever the options, dtypes and targets.
func TestLinearCrossEntropyInChunks(t *testing.T) {
	var rows []row
	for _, dtype := range []torch.DType{torch.Float32, torch.Float64, torch.BFloat16, torch.Float16} {
		for _, target := range chunkTargets {
			for _, options := range chunkOptions {
				for n, rest := range []struct {
					python string
					golang func(o *operands) []F.LinearCrossEntropyOption
				}{
					{"", func(*operands) []F.LinearCrossEntropyOption { return nil }},
					{"reduction='sum', linear_bias=kernel.reshape(-1)[:80].to(torch.%[1]s)", func(o *operands) []F.LinearCrossEntropyOption {
						return []F.LinearCrossEntropyOption{F.Reduction("sum"), F.LinearBias(o.kernel.Reshape(-1).Narrow(0, 0, 80).To(dtype))}
					}},
					{"reduction='none', weight=(torch.arange(80) %% 5).to(torch.%[1]s), linear_bias=kernel.reshape(-1)[:80].to(torch.%[1]s)",
						func(o *operands) []F.LinearCrossEntropyOption {
							return []F.LinearCrossEntropyOption{F.Reduction("none"), F.Weight(torch.Arange(80).Remainder(5).To(dtype)),
								F.LinearBias(o.kernel.Reshape(-1).Narrow(0, 0, 80).To(dtype))}
						}},
					{"weight=(torch.arange(80) %% 5).to(torch.%[1]s)", func(*operands) []F.LinearCrossEntropyOption {
						return []F.LinearCrossEntropyOption{F.Weight(torch.Arange(80).Remainder(5).To(dtype))}
					}},
					{"ignore_index=7", func(*operands) []F.LinearCrossEntropyOption { return []F.LinearCrossEntropyOption{F.IgnoreIndex(7)} }},
				} {
					if n > 2 && options.python != "" {
						continue
					}
					python := "F.linear_cross_entropy(img.reshape(40, 6).to(torch.%[1]s), vol.reshape(80, 6).to(torch.%[1]s), " + target.python +
						", **dict(" + rest.python + "), options=torch.nn.LinearCrossEntropyOptions(" + options.python + "))"
					rows = append(rows, row{fmt.Sprintf(python, dtype.String()[len("torch."):]), func(o *operands) any {
						return F.LinearCrossEntropy(o.img.Reshape(40, 6).To(dtype), o.vol.Reshape(80, 6).To(dtype), target.golang(o, dtype),
							append(rest.golang(o), options.golang)...)
					}})
				}
			}
		}
	}
	runRows(t, rows)
}

// What cannot go in chunks goes without, with a warning; wrong options are refused.
func TestLinearCrossEntropyOptions(t *testing.T) {
	lce := func(python string, target func(o *operands) *torch.Tensor, opts ...F.LinearCrossEntropyOption) row {
		return row{"F.linear_cross_entropy(x, y, " + python + ")", func(o *operands) any {
			return F.LinearCrossEntropy(o.x, o.y, target(o), opts...)
		}}
	}
	classes := func(o *operands) *torch.Tensor { return o.c.Remainder(3) }
	probabilities := func(o *operands) *torch.Tensor { return o.p.Narrow(1, 0, 3) }
	options := func(python string, o F.LinearCrossEntropyOptions) row {
		return lce("c % 3, options=torch.nn.LinearCrossEntropyOptions("+python+")", classes, o)
	}
	none := F.LinearCrossEntropyOptions{}
	runRows(t, []row{
		lce("c % 3, label_smoothing=0.1, options=torch.nn.LinearCrossEntropyOptions()", classes, F.LabelSmoothing(0.1), none),
		lce("p[:, :3], options=torch.nn.LinearCrossEntropyOptions()", probabilities, none),
		lce("c.int() % 3, options=torch.nn.LinearCrossEntropyOptions()",
			func(o *operands) *torch.Tensor { return classes(o).To(torch.Int32) }, none),
		{"F.linear_cross_entropy(x, y.reshape(3, 1, 4), (c % 3)[:, None], options=torch.nn.LinearCrossEntropyOptions())", func(o *operands) any {
			return F.LinearCrossEntropy(o.x, o.y.Reshape(3, 1, 4), classes(o).Unsqueeze(1), none)
		}},
		{"F.linear_cross_entropy(x[0], y, c[0], options=torch.nn.LinearCrossEntropyOptions())", func(o *operands) any {
			return F.LinearCrossEntropy(o.x.Select(0, 0), o.y, o.c.Select(0, 0), none)
		}},
		{"F.linear_cross_entropy(x[0], y, c[0], reduction='none', options=torch.nn.LinearCrossEntropyOptions())", func(o *operands) any {
			return F.LinearCrossEntropy(o.x.Select(0, 0), o.y, o.c.Select(0, 0), F.Reduction("none"), none)
		}},
		{"F.linear_cross_entropy(x[:0], y, c[:0], options=torch.nn.LinearCrossEntropyOptions())", func(o *operands) any {
			return F.LinearCrossEntropy(o.x.Narrow(0, 0, 0), o.y, o.c.Narrow(0, 0, 0), none)
		}},
		{"F.linear_cross_entropy(x[:, :0], y[:, :0], c % 3, options=torch.nn.LinearCrossEntropyOptions())", func(o *operands) any {
			return F.LinearCrossEntropy(o.x.Narrow(1, 0, 0), o.y.Narrow(1, 0, 0), classes(o), none)
		}},
		{"F.linear_cross_entropy(x, y.detach(), c % 3, options=torch.nn.LinearCrossEntropyOptions())", func(o *operands) any {
			return F.LinearCrossEntropy(o.x, o.y.Detach(), classes(o), none)
		}},
		{"F.linear_cross_entropy(x.detach(), y.detach(), c % 3, options=torch.nn.LinearCrossEntropyOptions())", func(o *operands) any {
			return F.LinearCrossEntropy(o.x.Detach(), o.y.Detach(), classes(o), none)
		}},
		options("acc_policy='exact'", F.LinearCrossEntropyOptions{AccPolicy: "exact"}),
		options("chunking_method='squares'", F.LinearCrossEntropyOptions{ChunkingMethod: "squares"}),
		options("chunking_method='aspect_ratio:0'", F.LinearCrossEntropyOptions{ChunkingMethod: "aspect_ratio:0"}),
		options("chunking_method='aspect_ratio:64'", F.LinearCrossEntropyOptions{ChunkingMethod: "aspect_ratio:64"}),
		options("batch_chunk_size=-1", F.LinearCrossEntropyOptions{BatchChunkSize: -1}),
		options("acc_dtype=torch.int64", F.LinearCrossEntropyOptions{AccDtype: torch.Int64}),
		options("acc_dtype=torch.float16", F.LinearCrossEntropyOptions{AccDtype: torch.Float16}),
		options("acc_dtype=torch.float64", F.LinearCrossEntropyOptions{AccDtype: torch.Float64}),
	})
}

// A second backward pass needs AllowRetainGraph, or losses that are not reduced.
func TestLinearCrossEntropyTwice(t *testing.T) {
	for _, c := range []struct {
		options   F.LinearCrossEntropyOptions
		reduction F.Reduction
		fails     bool
	}{
		{F.LinearCrossEntropyOptions{}, "mean", true},
		{F.LinearCrossEntropyOptions{AllowRetainGraph: true}, "mean", false},
		{F.LinearCrossEntropyOptions{}, "none", false},
	} {
		x := torch.Randn([]int64{5, 3}).RequiresGrad_()
		loss := F.LinearCrossEntropy(x, torch.Randn([]int64{4, 3}), torch.Arange(5).Remainder(4), c.reduction, c.options)
		loss.Backward(torch.RetainGraph(true), torch.WithGradient(torch.OnesLike(loss)))
		once := x.Grad().Clone()
		err := torch.Try(func() { loss.Backward(torch.RetainGraph(true), torch.WithGradient(torch.OnesLike(loss))) })
		if c.fails {
			assert.ErrorContains(t, err, "linear_cross_entropy chunked backward called twice")
			continue
		}
		assert.NoError(t, err)
		assert.True(t, torch.Equal(once.Mul(2), x.Grad()))
	}
}
