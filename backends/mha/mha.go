// Package mha is Python's torch.backends.mha: whether nn.MultiheadAttention and
// nn.TransformerEncoderLayer may use kernels that compute a whole layer at once
// where no gradients are wanted.
package mha

import "sync/atomic"

var disabled atomic.Bool

// GetFastpathEnabled reports whether the fast kernels may be used. They may
// unless [SetFastpathEnabled] said otherwise.
func GetFastpathEnabled() bool { return !disabled.Load() }

// SetFastpathEnabled says whether the fast kernels may be used.
func SetFastpathEnabled(value bool) { disabled.Store(!value) }
