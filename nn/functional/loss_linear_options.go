package functional

import (
	"fmt"
	"math/bits"
	"regexp"
	"strconv"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// LinearCrossEntropyOptions is an option of [LinearCrossEntropy] that has it go
// through the rows of the batch in chunks, so that the logits never lie in memory
// all at once. That helps where there are many more classes than input features,
// as in language models. Its zero value has Python's defaults. Python's
// nn.LinearCrossEntropyOptions.
//
// The gradients are computed with the loss. They cannot be differentiated again,
// nor does forward mode work, nor function transforms.
type LinearCrossEntropyOptions struct {
	// AllowRetainGraph keeps the gradients for a further backward pass, at the
	// cost of a copy. Without it, a second pass panics, except with the reduction
	// "none".
	AllowRetainGraph bool
	// BatchChunkSize is how many rows a chunk has. 0 is Python's None: what
	// ChunkingMethod says, or all of them.
	BatchChunkSize int64
	// ChunkingMethod is how the number of rows is found: "aspect_ratio", so that a
	// chunk's logits take as much memory as the input; "aspect_ratio:N", an N-th
	// of that; "None"; or "auto", which is also "": "aspect_ratio", but never more
	// memory than without chunks.
	ChunkingMethod string
	// AccPolicy is "accurate" to have more intermediates in AccDtype, "compact" to
	// have fewer, or "auto", which is also "": "accurate" for float16 and bfloat16
	// on the CPU.
	AccPolicy string
	// AccDtype is the dtype of sums. The zero DType, Python's None, is float32 for
	// float16 and bfloat16 if AccPolicy is "auto", and the input's dtype otherwise.
	AccDtype torch.DType
}

// LinearCrossEntropyLossOption makes LinearCrossEntropyOptions an option of
// nn.NewLinearCrossEntropyLoss.
func (LinearCrossEntropyOptions) LinearCrossEntropyLossOption(option.Marker) {}

var chunkingMethod = regexp.MustCompile(`^(auto|None|aspect_ratio(:0*[1-9][0-9]*)?)$`)

// withDefaults replaces zero values by the names of what they stand for.
func (o LinearCrossEntropyOptions) withDefaults() LinearCrossEntropyOptions {
	if o.ChunkingMethod == "" {
		o.ChunkingMethod = "auto"
	}
	if o.AccPolicy == "" {
		o.AccPolicy = "auto"
	}
	return o
}

// Check panics with a ValueError if a value is none that the options can have. In
// Python it is done when options are made.
func (o LinearCrossEntropyOptions) Check() {
	o = o.withDefaults()
	if o.AccPolicy != "auto" && o.AccPolicy != "accurate" && o.AccPolicy != "compact" {
		raise("ValueError", "invalid acc_policy: %s; expected one of 'auto', 'accurate', 'compact'", pytext.String(o.AccPolicy))
	}
	if !chunkingMethod.MatchString(o.ChunkingMethod) {
		raise("ValueError", "invalid chunking_method: %s", pytext.String(o.ChunkingMethod))
	}
	if o.BatchChunkSize < 0 {
		raise("ValueError", "batch_chunk_size must be positive int or None, got %d", o.BatchChunkSize)
	}
	switch o.AccDtype {
	case 0, torch.Float16, torch.BFloat16, torch.Float32, torch.Float64:
	default:
		raise("ValueError", "acc_dtype must be one of {None, torch.float16, torch.bfloat16, torch.float32, torch.float64}, got %s. "+
			"Pass acc_dtype=None to let the op pick automatically.", o.AccDtype)
	}
}

// String returns the options as Python prints them.
func (o LinearCrossEntropyOptions) String() string {
	o = o.withDefaults()
	size, method, dtype := "None", o.ChunkingMethod, "None"
	if o.BatchChunkSize != 0 {
		size = strconv.FormatInt(o.BatchChunkSize, 10)
	}
	if method != "None" {
		method = pytext.String(method)
	}
	if o.AccDtype != 0 {
		dtype = o.AccDtype.String()
	}
	return fmt.Sprintf("LinearCrossEntropyOptions(allow_retain_graph=%s, batch_chunk_size=%s, chunking_method=%s, acc_policy=%s, acc_dtype=%s)",
		pytext.Bool(o.AllowRetainGraph), size, method, pytext.String(o.AccPolicy), dtype)
}

// resolve replaces what is left open by what it is for these tensors. input has
// two dimensions.
func (o LinearCrossEntropyOptions) resolve(input *torch.Tensor, classes int64, probabilities bool) LinearCrossEntropyOptions {
	dtype, device := input.DType(), input.Device().Type().String()
	low := dtype == torch.Float16 || dtype == torch.BFloat16
	resolved := o.withDefaults()
	if resolved.AccDtype == 0 {
		resolved.AccDtype = dtype
		// Python leaves bfloat16 as it is on devices of CUDA before 8.0, which
		// emulate it.
		if resolved.AccPolicy == "auto" && low && (device == "cpu" || device == "cuda") {
			resolved.AccDtype = torch.Float32
		}
	}
	if resolved.AccPolicy == "auto" {
		resolved.AccPolicy = "compact"
		if device == "cpu" && low {
			resolved.AccPolicy = "accurate"
		}
	}
	resolved.BatchChunkSize = max(1, resolved.rows(input.Size(0), input.Size(1), classes, probabilities))
	return resolved
}

// rows returns the number of rows in a chunk.
func (o LinearCrossEntropyOptions) rows(batch, features, classes int64, probabilities bool) int64 {
	if o.ChunkingMethod == "None" || o.ChunkingMethod == "auto" && o.BatchChunkSize != 0 {
		if o.BatchChunkSize == 0 {
			return batch
		}
		return min(o.BatchChunkSize, batch)
	}
	method := o.ChunkingMethod
	if method == "auto" {
		method = "aspect_ratio"
	}
	if features == 0 || classes == 0 {
		raise("ZeroDivisionError", "integer division or modulo by zero")
	}
	n := aspectRatio(method, batch, features, classes)
	if o.ChunkingMethod == "auto" && o.AccPolicy == "compact" {
		most := batch * classes / (4 * features)
		if probabilities {
			most = batch / 2
		}
		n = max(1, min(n, powerOfTwo(max(most, 1))))
	}
	if o.BatchChunkSize != 0 && o.BatchChunkSize != n {
		raise("ValueError", "batch_chunk_size (=%d) and chunking_method ('%s') give different chunk sizes (%d vs %d); pass only one.",
			o.BatchChunkSize, method, o.BatchChunkSize, n)
	}
	return n
}

// aspectRatio returns how many rows of logits take as much memory as the input, up
// to a power of two, over the method's factor.
func aspectRatio(method string, batch, features, classes int64) int64 {
	factor := int64(1)
	if len(method) > len("aspect_ratio:") {
		factor, _ = strconv.ParseInt(method[len("aspect_ratio:"):], 10, 64) // what overflows is the largest
	}
	target := ceilDiv(batch, ceilDiv(classes, features))
	return min(1<<bits.Len64(uint64(max(target-1, 0)))/factor, batch)
}

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }

// powerOfTwo returns the largest that is not above n.
func powerOfTwo(n int64) int64 { return 1 << (bits.Len64(uint64(n)) - 1) }
