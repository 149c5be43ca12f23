//go:build !amd64

package callers

import "runtime"

func fill(p *Path) { runtime.Callers(3, p[:]) }
