// Package csrc is the boundary between Go and libtorch. It is the only package
// of the project that imports "C".
//
// libtorch is reached through libgotorch.so, which is built once, by
// scripts/install_libtorch.sh, from the C++ sources in csrc/src, and opened
// with dlopen at the first call. Building a Go program therefore takes neither
// a C++ compiler nor libtorch's headers.
//
// Every function, ATen operator or not, is called in one way: a [Frame] is
// filled with its arguments, [Frame.Call] runs it, and the results are taken
// out of the same frame. No Go pointer crosses but the frame's own, so cgo's
// pointer rules hold by construction; bulk data has [Frame.CopyIn] and
// [Frame.CopyOut].
//
// Handles are raw addresses of C++ objects. Package torch decides how long
// they live; nothing here is for users of the project.
package csrc
