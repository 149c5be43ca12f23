package rnn

// BatchFirst says that padded batches have shape (B, T, *) rather than (T, B, *).
// Its default is false.
type BatchFirst bool

// EnforceSorted says that sequences come by decreasing length; false has them
// sorted. Its default is true.
type EnforceSorted bool

// PaddingValue is what shorter sequences are filled up with. Its default is 0.
type PaddingValue float64

// PaddingSide is where they are filled up: "right", the default, or "left".
type PaddingSide string

// TotalLength is the length to fill up to. Its default is that of the longest
// sequence.
type TotalLength int64

// A PackOption is an option of [PackPaddedSequence]: [BatchFirst],
// [EnforceSorted].
type PackOption interface{ packOption() }

func (BatchFirst) packOption()    {}
func (EnforceSorted) packOption() {}

// A PackSequenceOption is an option of [PackSequence]: [EnforceSorted].
type PackSequenceOption interface{ packSequenceOption() }

func (EnforceSorted) packSequenceOption() {}

// A PadPackedOption is an option of [PadPackedSequence]: [BatchFirst],
// [PaddingValue], [TotalLength].
type PadPackedOption interface{ padPackedOption() }

func (BatchFirst) padPackedOption()   {}
func (PaddingValue) padPackedOption() {}
func (TotalLength) padPackedOption()  {}

// A PadOption is an option of [PadSequence]: [BatchFirst], [PaddingValue],
// [PaddingSide].
type PadOption interface{ padOption() }

func (BatchFirst) padOption()   {}
func (PaddingValue) padOption() {}
func (PaddingSide) padOption()  {}

// An UnpadOption is an option of [UnpadSequence]: [BatchFirst].
type UnpadOption interface{ unpadOption() }

func (BatchFirst) unpadOption() {}
