// Package customops tests operators that come from other libraries, called by
// name: those of a library that the tests compile, and torchvision's.
package customops
