// Package option lets values of one package be options of functions in
// another: torch.Float64 is a dtype, and an option of nn.NewLinear.
//
// A function's option type is an interface with one method, named after the
// function or its family, whose argument is a [Marker]. Only this project can
// name that type, so only this project makes options.
package option

// A Marker is the argument of the methods that make a value an option.
type Marker struct{}
