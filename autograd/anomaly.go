package autograd

import "github.com/wangkuiyi/gotorch/torch"

// CheckNan has [DetectAnomaly] look for NaN in the gradients that backward
// computes. Its default is true.
type CheckNan bool

// DetectAnomaly runs fn in anomaly mode, for debugging. If backward fails, or
// if it computes a NaN, which makes it fail, a warning tells where the program
// called the operation whose gradient was computed, which must have been in
// anomaly mode, too. Python's torch.autograd.detect_anomaly.
//
// The mode holds for the whole process while fn runs, and makes it slow.
func DetectAnomaly(fn func(), checkNan ...CheckNan) {
	torch.WithDetectAnomaly(len(checkNan) == 0 || bool(checkNan[0]), fn)
}
