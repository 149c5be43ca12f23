package optim

// An Option is a keyword argument of an optimizer. Which optimizers take it is
// in the type of its constructor: [Nesterov] returns what is an [SGDOption] and
// a [MuonOption].
type Option interface{ option() setting }

type (
	// AdadeltaOption is an option of [NewAdadelta].
	AdadeltaOption interface {
		Option
		forAdadelta()
	}
	// AdafactorOption is an option of [NewAdafactor].
	AdafactorOption interface {
		Option
		forAdafactor()
	}
	// AdagradOption is an option of [NewAdagrad].
	AdagradOption interface {
		Option
		forAdagrad()
	}
	// AdamOption is an option of [NewAdam].
	AdamOption interface {
		Option
		forAdam()
	}
	// AdamaxOption is an option of [NewAdamax].
	AdamaxOption interface {
		Option
		forAdamax()
	}
	// AdamWOption is an option of [NewAdamW].
	AdamWOption interface {
		Option
		forAdamW()
	}
	// ASGDOption is an option of [NewASGD].
	ASGDOption interface {
		Option
		forASGD()
	}
	// LBFGSOption is an option of [NewLBFGS].
	LBFGSOption interface {
		Option
		forLBFGS()
	}
	// MuonOption is an option of [NewMuon].
	MuonOption interface {
		Option
		forMuon()
	}
	// NAdamOption is an option of [NewNAdam].
	NAdamOption interface {
		Option
		forNAdam()
	}
	// RAdamOption is an option of [NewRAdam].
	RAdamOption interface {
		Option
		forRAdam()
	}
	// RMSpropOption is an option of [NewRMSprop].
	RMSpropOption interface {
		Option
		forRMSprop()
	}
	// RpropOption is an option of [NewRprop].
	RpropOption interface {
		Option
		forRprop()
	}
	// SGDOption is an option of [NewSGD].
	SGDOption interface {
		Option
		forSGD()
	}
	// SparseAdamOption is an option of [NewSparseAdam].
	SparseAdamOption interface {
		Option
		forSparseAdam()
	}
	// AnyOption is an option of every optimizer.
	AnyOption interface {
		AdadeltaOption
		AdafactorOption
		AdagradOption
		AdamOption
		AdamaxOption
		AdamWOption
		ASGDOption
		LBFGSOption
		MuonOption
		NAdamOption
		RAdamOption
		RMSpropOption
		RpropOption
		SGDOption
		SparseAdamOption
	}
	// MaximizeOption is an option of all optimizers but Muon.
	MaximizeOption interface {
		AdadeltaOption
		AdafactorOption
		AdagradOption
		AdamOption
		AdamaxOption
		AdamWOption
		ASGDOption
		LBFGSOption
		NAdamOption
		RAdamOption
		RMSpropOption
		RpropOption
		SGDOption
		SparseAdamOption
	}
	// WeightDecayOption is an option of the optimizers that have weight decay.
	WeightDecayOption interface {
		AdadeltaOption
		AdafactorOption
		AdagradOption
		AdamOption
		AdamaxOption
		AdamWOption
		ASGDOption
		MuonOption
		NAdamOption
		RAdamOption
		RMSpropOption
		SGDOption
	}
	// ForeachOption is an option of those that can update all parameters at once.
	ForeachOption interface {
		AdadeltaOption
		AdafactorOption
		AdagradOption
		AdamOption
		AdamaxOption
		AdamWOption
		ASGDOption
		NAdamOption
		RAdamOption
		RMSpropOption
		RpropOption
		SGDOption
	}
	// DifferentiableOption is an option of those whose step autograd can record.
	DifferentiableOption interface {
		AdadeltaOption
		AdagradOption
		AdamOption
		AdamaxOption
		AdamWOption
		ASGDOption
		NAdamOption
		RAdamOption
		RMSpropOption
		RpropOption
		SGDOption
	}
	// CapturableOption is an option of those whose step a CUDA graph can hold.
	CapturableOption interface {
		AdadeltaOption
		AdamOption
		AdamaxOption
		AdamWOption
		ASGDOption
		NAdamOption
		RAdamOption
		RMSpropOption
		RpropOption
	}
	// FusedOption is an option of those that have a fused kernel.
	FusedOption interface {
		AdagradOption
		AdamOption
		AdamWOption
		SGDOption
	}
	// BetasOption is an option of Adam and its kin.
	BetasOption interface {
		AdamOption
		AdamaxOption
		AdamWOption
		NAdamOption
		RAdamOption
		SparseAdamOption
	}
	// EpsOption is an option of those that divide by what may be zero.
	EpsOption interface {
		AdadeltaOption
		AdagradOption
		AdamOption
		AdamaxOption
		AdamWOption
		MuonOption
		NAdamOption
		RAdamOption
		RMSpropOption
		SparseAdamOption
	}
)

// A setting is a named value. It has the marker methods of all optimizers; the
// interface that a constructor returns it as is what restricts its use.
type setting struct {
	name  string
	value any
}

func (s setting) option() setting { return s }
func (setting) forAdadelta()      {}
func (setting) forAdafactor()     {}
func (setting) forAdagrad()       {}
func (setting) forAdam()          {}
func (setting) forAdamax()        {}
func (setting) forAdamW()         {}
func (setting) forASGD()          {}
func (setting) forLBFGS()         {}
func (setting) forMuon()          {}
func (setting) forNAdam()         {}
func (setting) forRAdam()         {}
func (setting) forRMSprop()       {}
func (setting) forRprop()         {}
func (setting) forSGD()           {}
func (setting) forSparseAdam()    {}
