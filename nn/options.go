package nn

// Options of several layers. Each is a type or a function with the name of
// Python's keyword argument.

// Bias says whether the layer has a bias. Its default is true.
type Bias bool

// Inplace has the layer write its output into its input. Its default is false.
type Inplace bool

// Reduction says what a loss does with the losses of its elements: "mean",
// "sum" or "none". Its default is "mean".
type Reduction string

// Persistent says whether a buffer is part of state dictionaries. Its default is
// true.
type Persistent bool
