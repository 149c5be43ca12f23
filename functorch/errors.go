package functorch

import (
	"fmt"
	"strings"

	"github.com/wangkuiyi/gotorch/torch"
)

func refuse(format string, args ...any) { panic(torch.NewError("RuntimeError", format, args...)) }

func refuseValue(format string, args ...any) { panic(torch.NewError("ValueError", format, args...)) }

// checkOutputs refuses no outputs, and None among them.
func checkOutputs(outputs []*torch.Tensor, api string) {
	if len(outputs) == 0 {
		refuse("%s: Expected f to be a function that has non-empty output (got output = [])", api)
	}
	for _, t := range outputs {
		switch {
		case t != nil:
		case len(outputs) == 1:
			refuse("%s: Expected f to be a function that has non-empty output (got output = [None])", api)
		default:
			refuse("%s: expected f(*primals) to return only tensors, got unsupported type <class 'NoneType'>", api)
		}
	}
}

// checkReal refuses complex tensors.
func checkReal(api, which string, tensors []*torch.Tensor) {
	for i, t := range tensors {
		if t != nil && t.IsComplex() {
			refuse("%s: Expected all %s to be real but received complex tensor at flattened input idx: %d", api, which, i)
		}
	}
}

// sizeText is the text of a torch.Size.
func sizeText(shape []int64) string {
	return "torch.Size([" + strings.Trim(strings.ReplaceAll(fmt.Sprint(shape), " ", ", "), "[]") + "])"
}

// tupleText is the text of a Python tuple.
func tupleText[T any](values []T) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v)
	}
	if len(texts) == 1 {
		return "(" + texts[0] + ",)"
	}
	return "(" + strings.Join(texts, ", ") + ")"
}
