// Package functional has the functions behind the layers of package nn,
// Python's torch.nn.functional. Required arguments come first, and keyword
// arguments are options, as in package nn.
package functional
