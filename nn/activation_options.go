package nn

// Alpha is the scale of [ELU] and [CELU] below zero. Its default is 1.
type Alpha float64

// Approximate is how [GELU] computes the normal distribution: "none", exactly,
// the default, or "tanh".
type Approximate string

// Lambd is the half width of [Hardshrink] and [Softshrink]. Its default is 0.5.
type Lambd float64

// NegativeSlope is that of [LeakyReLU] below zero. Its default is 0.01.
type NegativeSlope float64

// Lower is the least slope of [RReLU]. Its default is 1/8.
type Lower float64

// Upper is the largest slope of [RReLU]. Its default is 1/3.
type Upper float64

// MinVal is the least value of [Hardtanh]. Its default is -1.
type MinVal float64

// MaxVal is the largest value of [Hardtanh]. Its default is 1.
type MaxVal float64

// Beta is the sharpness of [Softplus]. Its default is 1.
type Beta float64

// WithThreshold is the value above which [Softplus] is linear. Its default is 20.
type WithThreshold float64
