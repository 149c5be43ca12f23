package utils

import "github.com/wangkuiyi/gotorch/internal/option"

// A WeightNormOption is an option of [WeightNorm] and of
// parametrizations.WeightNorm: [Name], [Dim].
type WeightNormOption interface{ WeightNormOption(option.Marker) }

// A SpectralNormOption is an option of [SpectralNorm] and of
// parametrizations.SpectralNorm: [Name], [NPowerIterations], [Eps], [Dim].
type SpectralNormOption interface{ SpectralNormOption(option.Marker) }

// Name is the name of the module's parameter. Its default is "weight".
type Name string

// Dim is the dimension of the outputs. Its default is 0, and that of
// [SpectralNorm] for transposed convolutions 1. For [WeightNorm], Dim(-1) takes
// the norm over all dimensions: Python's dim=None.
type Dim int64

// NPowerIterations is how many steps of the power method each forward pass of
// the training takes. Its default is 1.
type NPowerIterations int64

// Eps keeps norms from being zero. Its default is 1e-12.
type Eps float64

// WeightNormOption makes Name an option of weight normalization.
func (Name) WeightNormOption(option.Marker) {}

// WeightNormOption makes Dim an option of weight normalization.
func (Dim) WeightNormOption(option.Marker) {}

// SpectralNormOption makes Name an option of spectral normalization.
func (Name) SpectralNormOption(option.Marker) {}

// SpectralNormOption makes NPowerIterations an option of spectral normalization.
func (NPowerIterations) SpectralNormOption(option.Marker) {}

// SpectralNormOption makes Eps an option of spectral normalization.
func (Eps) SpectralNormOption(option.Marker) {}

// SpectralNormOption makes Dim an option of spectral normalization.
func (Dim) SpectralNormOption(option.Marker) {}

// OrthogonalOption makes Name an option of parametrizations.Orthogonal.
func (Name) OrthogonalOption(option.Marker) {}
