package lrscheduler

import (
	"reflect"
	"slices"
	"sort"
	"strings"

	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/optim/internal/scalar"
	"github.com/wangkuiyi/gotorch/torch"
)

// SequentialLR hands over from one scheduler to the next at each milestone,
// Python's SequentialLR.
type SequentialLR struct {
	LRScheduler
	milestones []int
}

// NewSequentialLR returns a scheduler that is composed of others, which all
// belong to the optimizer and are embedders of [LRScheduler]; of the milestones
// there is one less. Option: [LastEpoch].
//
// It panics if there are no schedulers, or another number of milestones, or if a
// scheduler belongs to another optimizer.
func NewSequentialLR(optimizer optim.Optimizer, schedulers []Scheduler, milestones []int, opts ...SequentialLROption) *SequentialLR {
	with := read(settings{}, opts)
	if len(schedulers) < 1 {
		panic(torch.NewError("ValueError", "SequentialLR expects at least one scheduler, but got no scheduler."))
	}
	checkParts("SequentialLR", optimizer, schedulers)
	if len(milestones) != len(schedulers)-1 {
		panic(torch.NewError("ValueError", "Sequential Schedulers expects number of schedulers provided to be one more than "+
			"the number of milestone points, but got number of schedulers %d and the number of milestones to be equal to %d",
			len(schedulers), len(milestones)))
	}
	s := &SequentialLR{milestones: slices.Clone(milestones)}
	s.self, s.optimizer, s.parts, s.lastEpoch = s, optimizer, slices.Clone(schedulers), with.lastEpoch+1
	s.fields = []field{{"_milestones", &s.milestones}, {"last_epoch", &s.lastEpoch}, {"_last_lr", &s.lastLr}}
	for _, g := range optimizer.ParamGroups() {
		initial, ok := g.Get("initial_lr")
		if !ok {
			panic(torch.NewError("KeyError", "'initial_lr'"))
		}
		if t, ok := initial.(*torch.Tensor); ok {
			initial = t.Item()
		}
		g.Put("lr", initial)
	}
	s.undo()
	first := s.parts[s.place(0)]
	baseOf(first).initialStep()
	s.lastLr = first.GetLastLr()
	return s
}

// undo takes back the first steps, which schedulers take when they are made.
func (s *LRScheduler) undo() {
	if s.parts == nil {
		s.lastEpoch--
		return
	}
	for _, part := range s.parts {
		baseOf(part).undo()
	}
}

// place returns which scheduler an epoch belongs to.
func (s *SequentialLR) place(epoch int) int {
	return sort.Search(len(s.milestones), func(i int) bool { return s.milestones[i] > epoch })
}

// Step goes on to the next epoch, with the scheduler that it belongs to.
func (s *SequentialLR) Step() {
	if len(s.parts) == 0 {
		panic(torch.NewError("AttributeError", "'SequentialLR' object has no attribute '_schedulers'"))
	}
	s.lastEpoch++
	i := s.place(s.lastEpoch)
	if i > 0 && s.milestones[i-1] == s.lastEpoch {
		baseOf(s.parts[i]).goTo(0)
	} else {
		s.parts[i].Step()
	}
	s.lastLr = s.parts[i].GetLastLr()
}

// ChainedScheduler lets several schedulers act on the same learning rates in each
// epoch, Python's ChainedScheduler.
type ChainedScheduler struct{ LRScheduler }

// NewChainedScheduler returns a scheduler that is composed of others, which all
// belong to one optimizer and are embedders of [LRScheduler].
//
// It panics if there are no schedulers, or if they belong to several optimizers.
func NewChainedScheduler(schedulers ...Scheduler) *ChainedScheduler {
	if len(schedulers) < 1 {
		panic(torch.NewError("ValueError", "ChainedScheduler expects at least one scheduler to be chained, but got no scheduler."))
	}
	if scalar.IsNil(schedulers[0]) {
		panic(torch.NewError("AttributeError", "'NoneType' object has no attribute 'optimizer'"))
	}
	s := &ChainedScheduler{}
	s.self, s.parts = s, slices.Clone(schedulers)
	if first, ok := schedulers[0].(embedder); ok {
		s.optimizer = first.base().optimizer
	}
	checkParts("ChainedScheduler", s.optimizer, schedulers)
	s.fields = []field{{"_last_lr", &s.lastLr}}
	s.lastLr = s.GroupLrs()
	return s
}

// Step goes on to the next epoch, with each of the schedulers.
func (s *ChainedScheduler) Step() {
	for _, part := range s.parts {
		part.Step()
	}
	s.lastLr = s.GroupLrs()
}

// An embedder embeds an LRScheduler.
type embedder interface{ base() *LRScheduler }

func baseOf(s Scheduler) *LRScheduler { return s.(embedder).base() }

// checkParts refuses schedulers that belong to another optimizer.
func checkParts(name string, optimizer optim.Optimizer, schedulers []Scheduler) {
	for i, s := range schedulers {
		part, ok := s.(embedder)
		if !ok {
			panic(torch.NewError("TypeError", "%s at index %d should have `optimizer` as its attribute.", name, i))
		}
		if own := part.base().optimizer; own != optimizer {
			class := "NoneType"
			if !scalar.IsNil(optimizer) {
				class, _, _ = strings.Cut(optimizer.String(), " ")
			}
			panic(torch.NewError("ValueError", "%s expects all schedulers to belong to the same optimizer, but got scheduler %s at "+
				"index %d has %s, which is different from %s.", name, reflect.TypeOf(s).Elem().Name(), i, own, class))
		}
	}
}
