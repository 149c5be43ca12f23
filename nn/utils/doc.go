// Package utils has helpers for training networks, Python's torch.nn.utils.
//
//	loss.Backward()
//	utils.ClipGradNorm_(model.Parameters(), 1)
//	optimizer.Step()
package utils

import "github.com/wangkuiyi/gotorch/torch"

func raise(kind, format string, args ...any) { panic(torch.NewError(kind, format, args...)) }
