package optim

import (
	"github.com/wangkuiyi/gotorch/optim/internal/scalar"
	"github.com/wangkuiyi/gotorch/torch"
)

// A point is what is known of the loss along a line.
type point struct {
	at    number // the distance
	loss  number
	grad  *torch.Tensor
	slope number // along the line
}

// A lineSearch finds a point whose loss is lower and whose slope is flatter, by
// the strong Wolfe conditions.
type lineSearch struct {
	*lbfgsStep
	start   list // the parameters where the line begins
	origin  point
	evals   int
	bracket []point // the two points between which the goal is; one when found
	low     int     // the place of the lower one
}

const (
	decrease  = 1e-4 // c1
	flattened = 0.9  // c2
)

// search sets size, loss and gradient to what the line search finds, and returns
// how often it evaluated the closure.
func (s *lbfgsStep) search(slope number, most int) (evals int) {
	l := lineSearch{
		lbfgsStep: s, origin: point{num(0), num(s.loss), s.grad.Clone(torch.ContiguousFormat), slope},
		start: mapList(s.params, func(_ int, p *torch.Tensor) *torch.Tensor { return p.Clone(torch.ContiguousFormat) }),
	}
	iterations, done := l.enclose(most)
	l.order()
	if !done {
		l.shrink(iterations, most)
	}
	found := l.bracket[l.low]
	s.loss, s.grad, s.size = found.loss.Value, found.grad, found.at
	return l.evals
}

// evaluate returns the point at a distance.
func (l *lineSearch) evaluate(at number) point {
	l.evals++
	l.move(at, l.direction)
	loss := l.closure()
	grad := l.gatherGrad()
	for i, p := range l.params {
		p.Copy_(l.start[i])
	}
	return point{at, num(loss), grad, number{Tensor: grad.Dot(l.direction)}}
}

// isHigh reports whether a point's loss has not decreased enough.
func (l *lineSearch) isHigh(p point) bool {
	bound := l.origin.loss.Add(num(decrease).Mul(p.at).Mul(l.origin.slope))
	return bound.Less(p.loss)
}

// isFlat reports whether a point's slope is flat enough.
func (l *lineSearch) isFlat(p point) bool {
	return p.slope.Abs().LessEqual(num(-flattened).Mul(l.origin.slope))
}

// enclose goes along the line until the goal is in the bracket.
func (l *lineSearch) enclose(most int) (iterations int, done bool) {
	before, p := l.origin, l.evaluate(l.size)
	for ; iterations < most; iterations++ {
		switch {
		case l.isHigh(p) || iterations > 1 && before.loss.LessEqual(p.loss):
			l.bracket = []point{before, p}
			return iterations, false
		case l.isFlat(p):
			l.bracket = []point{p}
			return iterations, true
		case num(0).LessEqual(p.slope):
			l.bracket = []point{before, p}
			return iterations, false
		}
		least := p.at.Add(num(0.01).Mul(p.at.Sub(before.at)))
		next := interpolate(before, p, least, p.at.Mul(num(10)))
		before, p = p, l.evaluate(next)
	}
	l.bracket = []point{l.origin, p}
	return iterations, false
}

// order finds the lower end of the bracket.
func (l *lineSearch) order() {
	l.low = 0
	if last := len(l.bracket) - 1; !l.bracket[0].loss.LessEqual(l.bracket[last].loss) {
		l.low = 1
	}
}

// shrink narrows the bracket until its lower end is good enough.
func (l *lineSearch) shrink(iterations, most int) {
	longest := number{Tensor: l.direction.Abs().Max()}
	stuck, done := false, false
	for ; !done && iterations < most; iterations++ {
		a, b := l.bracket[0], l.bracket[1]
		if b.at.Sub(a.at).Abs().Mul(longest).Less(num(l.toleranceChange)) {
			return
		}
		least, largest := scalar.Min(a.at, b.at), scalar.Max(a.at, b.at)
		at := interpolate(a, b, least, largest)
		at, stuck = away(at, least, largest, stuck)
		done = l.replace(l.evaluate(at))
	}
}

// away keeps a distance from coming near to an end of the bracket twice.
func away(at, least, largest number, stuck bool) (number, bool) {
	margin := num(0.1).Mul(largest.Sub(least))
	if !scalar.Min(largest.Sub(at), at.Sub(least)).Less(margin) {
		return at, false
	}
	if !stuck && !largest.LessEqual(at) && !at.LessEqual(least) {
		return at, true
	}
	if at.Sub(largest).Abs().Less(at.Sub(least).Abs()) {
		return largest.Sub(margin), false
	}
	return least.Add(margin), false
}

// replace puts a point in the place of an end of the bracket, and reports whether
// it is good enough.
func (l *lineSearch) replace(p point) (done bool) {
	high := 1 - l.low
	low := l.bracket[l.low]
	if l.isHigh(p) || low.loss.LessEqual(p.loss) {
		l.bracket[high] = p
		l.order()
		return false
	}
	if l.isFlat(p) {
		done = true
	} else if num(0).LessEqual(p.slope.Mul(l.bracket[high].at.Sub(low.at))) {
		l.bracket[high] = low
	}
	l.bracket[l.low] = p
	return done
}

// interpolate returns where the cubic through two points is least, within
// bounds.
func interpolate(p, q point, least, largest number) number {
	d1 := p.slope.Add(q.slope).Sub(num(3).Mul(p.loss.Sub(q.loss)).Div(p.at.Sub(q.at)))
	square := d1.Pow(2).Sub(p.slope.Mul(q.slope))
	if !num(0).LessEqual(square) {
		return least.Add(largest).Div(num(2))
	}
	d2 := square.Sqrt()
	if !p.at.LessEqual(q.at) {
		p, q = q, p
	}
	part := q.slope.Add(d2).Sub(d1).Div(q.slope.Sub(p.slope).Add(num(2).Mul(d2)))
	at := q.at.Sub(q.at.Sub(p.at).Mul(part))
	return scalar.Min(scalar.Max(at, least), largest)
}
