package callers

// fill follows the frame pointers.
//
//go:noescape
func fill(p *Path)
