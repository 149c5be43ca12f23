package autograd

import "github.com/wangkuiyi/gotorch/internal/setting"

// SetWarnOnAccumulateGradStreamMismatch says, for the whole process, whether a
// backward pass warns that a parameter's gradient is added up in another stream than
// it was computed in, since the parameter's node is of an earlier forward pass whose
// results are still alive. It does at first. Python's
// torch.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch.
func SetWarnOnAccumulateGradStreamMismatch(enabled bool) {
	setting.Set("autograd.warn_on_accumulate_grad_stream_mismatch", enabled)
}

// SetOverrideStaleCaptureStream says, for the whole process, what a backward pass does
// that is captured in a CUDA graph, where a node of it belongs to a stream that is not
// captured, since it is of an earlier forward pass whose results are still alive: it
// goes on in the stream that is captured, or else, as at first, panics if that
// stream is the default one. Python's
// torch.autograd.graph.set_override_stale_capture_stream.
func SetOverrideStaleCaptureStream(enabled bool) {
	setting.Set("autograd.override_stale_capture_stream", enabled)
}
