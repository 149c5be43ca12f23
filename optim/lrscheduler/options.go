package lrscheduler

// An Option is a keyword argument of a scheduler.
type Option interface{ apply(*settings) }

type (
	// StepLROption is an option of [NewStepLR].
	StepLROption interface {
		Option
		forStepLR()
	}
	// AnyOption is an option of every scheduler.
	AnyOption interface{ StepLROption }
)

type settings struct {
	gamma     float64
	lastEpoch int
}

// An option has the marker methods of all schedulers; the interface that a
// constructor returns it as is what restricts its use.
type option func(*settings)

func (o option) apply(s *settings) { o(s) }
func (option) forStepLR()          {}

// Gamma is the factor of learning rate decay, Python's gamma=. Its default is
// 0.1.
func Gamma(gamma float64) StepLROption { return option(func(s *settings) { s.gamma = gamma }) }

// LastEpoch is the last epoch before training goes on from a checkpoint,
// Python's last_epoch=. Its default is -1: training begins. The optimizer's
// state must have been loaded.
func LastEpoch(epoch int) AnyOption { return option(func(s *settings) { s.lastEpoch = epoch }) }
