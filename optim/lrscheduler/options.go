package lrscheduler

// An Option is a keyword argument of a scheduler. Which schedulers take it is in
// the type of its constructor: [TMult] returns a
// [CosineAnnealingWarmRestartsOption].
type Option interface{ apply(*settings) }

type (
	// ConstantLROption is an option of [NewConstantLR].
	ConstantLROption interface {
		Option
		forConstantLR()
	}
	// CosineAnnealingLROption is an option of [NewCosineAnnealingLR].
	CosineAnnealingLROption interface {
		Option
		forCosineAnnealingLR()
	}
	// CosineAnnealingWarmRestartsOption is an option of [NewCosineAnnealingWarmRestarts].
	CosineAnnealingWarmRestartsOption interface {
		Option
		forCosineAnnealingWarmRestarts()
	}
	// CyclicLROption is an option of [NewCyclicLR].
	CyclicLROption interface {
		Option
		forCyclicLR()
	}
	// ExponentialLROption is an option of [NewExponentialLR].
	ExponentialLROption interface {
		Option
		forExponentialLR()
	}
	// LambdaLROption is an option of [NewLambdaLR].
	LambdaLROption interface {
		Option
		forLambdaLR()
	}
	// LinearLROption is an option of [NewLinearLR].
	LinearLROption interface {
		Option
		forLinearLR()
	}
	// MultiStepLROption is an option of [NewMultiStepLR].
	MultiStepLROption interface {
		Option
		forMultiStepLR()
	}
	// MultiplicativeLROption is an option of [NewMultiplicativeLR].
	MultiplicativeLROption interface {
		Option
		forMultiplicativeLR()
	}
	// OneCycleLROption is an option of [NewOneCycleLR].
	OneCycleLROption interface {
		Option
		forOneCycleLR()
	}
	// PolynomialLROption is an option of [NewPolynomialLR].
	PolynomialLROption interface {
		Option
		forPolynomialLR()
	}
	// ReduceLROnPlateauOption is an option of [NewReduceLROnPlateau].
	ReduceLROnPlateauOption interface {
		Option
		forReduceLROnPlateau()
	}
	// SequentialLROption is an option of [NewSequentialLR].
	SequentialLROption interface {
		Option
		forSequentialLR()
	}
	// StepLROption is an option of [NewStepLR].
	StepLROption interface {
		Option
		forStepLR()
	}
	// AnyOption is an option of every scheduler but [ReduceLROnPlateau] and
	// [ChainedScheduler].
	AnyOption interface {
		ConstantLROption
		CosineAnnealingLROption
		CosineAnnealingWarmRestartsOption
		CyclicLROption
		ExponentialLROption
		LambdaLROption
		LinearLROption
		MultiStepLROption
		MultiplicativeLROption
		OneCycleLROption
		PolynomialLROption
		SequentialLROption
		StepLROption
	}
)

// settings are the values of all options.
type settings struct {
	lastEpoch, totalIters, tMult, stepSizeUp, patience, cooldown int
	totalSteps, epochs, stepsPerEpoch, stepSizeDown              *int
	gamma, factor, startFactor, endFactor, power, etaMin         float64
	pctStart, divFactor, finalDivFactor, threshold, eps          float64
	mode, scaleMode, annealStrategy, thresholdMode               string
	cycleMomentum, threePhase, minLrEach                         bool
	minLr                                                        []float64
	baseMomentum, maxMomentum                                    any // a float64, or one for each group
	scaleFn                                                      func(float64) float64
}

// read returns the settings of a constructor, changed by options.
func read[O Option](with settings, opts []O) settings {
	with.lastEpoch = -1
	for _, o := range opts {
		o.apply(&with)
	}
	return with
}

// An option has the marker methods of all schedulers; the interface that a
// constructor returns it as is what restricts its use.
type option func(*settings)

func (o option) apply(s *settings)             { o(s) }
func (option) forConstantLR()                  {}
func (option) forCosineAnnealingLR()           {}
func (option) forCosineAnnealingWarmRestarts() {}
func (option) forCyclicLR()                    {}
func (option) forExponentialLR()               {}
func (option) forLambdaLR()                    {}
func (option) forLinearLR()                    {}
func (option) forMultiStepLR()                 {}
func (option) forMultiplicativeLR()            {}
func (option) forOneCycleLR()                  {}
func (option) forPolynomialLR()                {}
func (option) forReduceLROnPlateau()           {}
func (option) forSequentialLR()                {}
func (option) forStepLR()                      {}

// LastEpoch is the last epoch before training goes on from a checkpoint,
// Python's last_epoch=. Its default is -1: training begins. The optimizer's
// state must have been loaded.
func LastEpoch(epoch int) AnyOption {
	return option(func(s *settings) { s.lastEpoch = epoch })
}

// Gamma is the factor of learning rate decay, Python's gamma=. Its default is
// 0.1. For [CyclicLR] it is that of the amplitude, by default 1.
func Gamma(gamma float64) interface {
	CyclicLROption
	MultiStepLROption
	StepLROption
} {
	return option(func(s *settings) { s.gamma = gamma })
}

// Factor is what learning rates are multiplied by, Python's factor=. Its default
// is 1/3 for [ConstantLR], and 0.1 for [ReduceLROnPlateau].
func Factor(factor float64) interface {
	ConstantLROption
	ReduceLROnPlateauOption
} {
	return option(func(s *settings) { s.factor = factor })
}

// TotalIters is the number of epochs after which the learning rates change no
// more, Python's total_iters=. Its default is 5.
func TotalIters(n int) interface {
	ConstantLROption
	LinearLROption
	PolynomialLROption
} {
	return option(func(s *settings) { s.totalIters = n })
}

// StartFactor is the first factor, Python's start_factor=. Its default is 1/3.
func StartFactor(factor float64) LinearLROption {
	return option(func(s *settings) { s.startFactor = factor })
}

// EndFactor is the last factor, Python's end_factor=. Its default is 1.
func EndFactor(factor float64) LinearLROption {
	return option(func(s *settings) { s.endFactor = factor })
}

// Power is the exponent of the decay, Python's power=. Its default is 1.
func Power(power float64) PolynomialLROption {
	return option(func(s *settings) { s.power = power })
}

// EtaMin is the least learning rate, Python's eta_min=. Its default is 0.
func EtaMin(lr float64) interface {
	CosineAnnealingLROption
	CosineAnnealingWarmRestartsOption
} {
	return option(func(s *settings) { s.etaMin = lr })
}

// TMult is the factor by which periods grow, Python's T_mult=. Its default is 1.
func TMult(factor int) CosineAnnealingWarmRestartsOption {
	return option(func(s *settings) { s.tMult = factor })
}

// StepSizeUp is how many batches a cycle goes up, Python's step_size_up=. Its
// default is 2000.
func StepSizeUp(n int) CyclicLROption {
	return option(func(s *settings) { s.stepSizeUp = n })
}

// StepSizeDown is how many batches a cycle goes down, Python's step_size_down=.
// Its default is StepSizeUp.
func StepSizeDown(n int) CyclicLROption {
	return option(func(s *settings) { s.stepSizeDown = &n })
}

// Mode is, for [CyclicLR], "triangular", "triangular2", which halves the amplitude
// with each cycle, or "exp_range", which decays it by [Gamma]; for
// [ReduceLROnPlateau] it is whether the metric should get down, "min", or up,
// "max". Python's mode=.
func Mode(mode string) interface {
	CyclicLROption
	ReduceLROnPlateauOption
} {
	return option(func(s *settings) { s.mode = mode })
}

// ScaleFn is a function for the amplitude, in the place of the mode's, Python's
// scale_fn=. StateDict has no functions in it.
func ScaleFn(fn func(x float64) float64) CyclicLROption {
	return option(func(s *settings) { s.scaleFn = fn })
}

// ScaleMode is whether [ScaleFn] is called with the number of the cycle, "cycle",
// or of the batch, "iterations". Python's scale_mode=. Its default is "cycle".
func ScaleMode(mode string) CyclicLROption {
	return option(func(s *settings) { s.scaleMode = mode })
}

// CycleMomentum says whether the momentum moves against the learning rate,
// Python's cycle_momentum=. Its default is true.
func CycleMomentum(on bool) interface {
	CyclicLROption
	OneCycleLROption
} {
	return option(func(s *settings) { s.cycleMomentum = on })
}

// BaseMomentum is the least momentum, Python's base_momentum=. Its default is 0.8
// for [CyclicLR], and 0.85 for [OneCycleLR].
func BaseMomentum[R Rate](momentum R) interface {
	CyclicLROption
	OneCycleLROption
} {
	return option(func(s *settings) { s.baseMomentum = momentum })
}

// MaxMomentum is the largest momentum, Python's max_momentum=. Its default is 0.9
// for [CyclicLR], and 0.95 for [OneCycleLR].
func MaxMomentum[R Rate](momentum R) interface {
	CyclicLROption
	OneCycleLROption
} {
	return option(func(s *settings) { s.maxMomentum = momentum })
}

// TotalSteps is the length of the cycle, Python's total_steps=.
func TotalSteps(n int) OneCycleLROption {
	return option(func(s *settings) { s.totalSteps = &n })
}

// Epochs is the length of the cycle in epochs, Python's epochs=. It needs
// [StepsPerEpoch].
func Epochs(n int) OneCycleLROption {
	return option(func(s *settings) { s.epochs = &n })
}

// StepsPerEpoch is the length of an epoch, Python's steps_per_epoch=. It needs
// [Epochs].
func StepsPerEpoch(n int) OneCycleLROption {
	return option(func(s *settings) { s.stepsPerEpoch = &n })
}

// PctStart is the part of the cycle that goes up, Python's pct_start=. Its
// default is 0.3.
func PctStart(part float64) OneCycleLROption {
	return option(func(s *settings) { s.pctStart = part })
}

// AnnealStrategy is "cos" or "linear", Python's anneal_strategy=. Its default is
// "cos".
func AnnealStrategy(name string) OneCycleLROption {
	return option(func(s *settings) { s.annealStrategy = name })
}

// DivFactor is what the largest learning rate is divided by to get the initial
// one, Python's div_factor=. Its default is 25.
func DivFactor(factor float64) OneCycleLROption {
	return option(func(s *settings) { s.divFactor = factor })
}

// FinalDivFactor is what the initial learning rate is divided by to get the last
// one, Python's final_div_factor=. Its default is 1e4.
func FinalDivFactor(factor float64) OneCycleLROption {
	return option(func(s *settings) { s.finalDivFactor = factor })
}

// ThreePhase has the learning rate go down as long as it went up, and only then to
// the last one, Python's three_phase=.
func ThreePhase(on bool) OneCycleLROption {
	return option(func(s *settings) { s.threePhase = on })
}

// Patience is how many epochs in turn the metric may not get better, Python's
// patience=. Its default is 10.
func Patience(n int) ReduceLROnPlateauOption {
	return option(func(s *settings) { s.patience = n })
}

// Threshold is by how much a metric must be better to count, Python's threshold=.
// Its default is 1e-4.
func Threshold(threshold float64) ReduceLROnPlateauOption {
	return option(func(s *settings) { s.threshold = threshold })
}

// ThresholdMode is whether the threshold is a part of the best metric, "rel", or a
// difference, "abs". Python's threshold_mode=. Its default is "rel".
func ThresholdMode(mode string) ReduceLROnPlateauOption {
	return option(func(s *settings) { s.thresholdMode = mode })
}

// Cooldown is how many epochs are not counted after the learning rates were
// reduced, Python's cooldown=. Its default is 0.
func Cooldown(n int) ReduceLROnPlateauOption {
	return option(func(s *settings) { s.cooldown = n })
}

// MinLr is the least learning rate, of all groups or of each, Python's min_lr=. Its
// default is 0.
func MinLr[R Rate](lr R) ReduceLROnPlateauOption {
	return option(func(s *settings) { s.setMinLr(lr) })
}

// Eps is the least change of a learning rate, Python's eps=. Its default is 1e-8.
func Eps(eps float64) ReduceLROnPlateauOption {
	return option(func(s *settings) { s.eps = eps })
}

func (s *settings) setMinLr(lr any) {
	rates, each := lr.([]float64)
	if !each {
		one, _ := float(lr)
		rates = []float64{one}
	}
	s.minLr, s.minLrEach = rates, each
}
