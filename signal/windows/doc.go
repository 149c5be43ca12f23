// Package windows has window functions for spectral analysis and the design of
// filters, Python's torch.signal.windows. A window of length M is a tensor of M
// weights. It is scaled to a maximum of 1, which does not appear in a symmetric
// window of even length.
//
// Every window takes the options [Sym], a [torch.DType] (Float32 or Float64; the
// default dtype unless given), a [torch.Device], a [torch.Layout] (only
// [torch.Strided]) and [torch.RequiresGrad]. A negative length and other dtypes
// and layouts panic.
package windows
