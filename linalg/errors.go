package linalg

import "github.com/wangkuiyi/gotorch/torch"

// A LinAlgError is the error of a decomposition that fails, such as that of a
// singular matrix: Python's torch.linalg.LinAlgError. See [torch.LinAlgError].
type LinAlgError = torch.LinAlgError
