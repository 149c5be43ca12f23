package torch

// EventsAlive and GeneratorsAlive release those that nothing refers to any more, and
// return how many are left.
func EventsAlive() int     { return deadEvents.count() }
func GeneratorsAlive() int { return deadGenerators.count() }

func (g *graveyard) count() int {
	g.empty()
	g.lock.Lock()
	defer g.lock.Unlock()
	return g.alive
}
