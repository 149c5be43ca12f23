// Package callers tells one place of a program from another, cheaply.
//
// runtime.Callers takes 100 ns a frame where the tables that it reads are in no cache. What
// only asks whether it came here by the same calls before, such as a warning in a loop,
// needs the return addresses alone, which the chain of frame pointers has.
package callers

// Depth is how many return addresses make a [Path].
const Depth = 10

// A Path is the innermost return addresses of a goroutine's stack, from that in Here's
// caller on; it ends in zeros if the stack is shorter. Calls with the same path were made by
// the same lines in its functions, inlined ones included.
type Path [Depth]uintptr

// Here returns the path to where it is called.
//
//go:noinline
func Here() (p Path) {
	fill(&p)
	return p
}
