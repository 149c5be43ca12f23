package torch

import (
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
)

// callback makes a function that libtorch can call of one that takes its
// arguments from the frame and leaves its results there.
func callback(fn func(*frame)) csrc.Callback {
	return func(f *csrc.Frame) {
		own := frame{*f}
		fn(&own)
		*f = own.Frame
	}
}

// putResult gives libtorch a tensor, or none for nil, as a callback's result.
func (f *frame) putResult(t *Tensor) {
	f.putOptionalTensor(t, "result")
	if t != nil {
		csrc.Retain([]uint64{t.handle})
	}
	runtime.KeepAlive(t)
}

// putResults is putResult for a list.
func (f *frame) putResults(tensors []*Tensor) {
	f.putOptionalTensors(tensors, "result")
	handles := make([]uint64, 0, len(tensors))
	for _, t := range tensors {
		if t != nil {
			handles = append(handles, t.handle)
		}
	}
	csrc.Retain(handles)
	runtime.KeepAlive(tensors)
}
