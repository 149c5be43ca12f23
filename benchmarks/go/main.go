// Command go measures GoTorch for the driver in the folder above, whose README
// tells the protocol.
package main

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/torch"
)

func main() {
	command := ""
	if len(os.Args) > 1 {
		command = os.Args[1]
	}
	switch command {
	case "items":
		for _, it := range items {
			fmt.Println(it.name)
		}
	case "library":
		path, err := csrc.Load()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(path)
	case "scope", "collected":
		serve(command == "scope")
	case "small_steps", "large_tensors":
		n, err := strconv.Atoi(os.Args[2])
		if err != nil {
			panic(err)
		}
		map[string]func(int){"small_steps": smallSteps, "large_tensors": largeTensors}[command](n)
	default:
		fmt.Fprintln(os.Stderr, "usage: go items | library | scope | collected | small_steps N | large_tensors N")
		os.Exit(2)
	}
}

// serve answers each line "ITEM MILLISECONDS" with the nanoseconds that one
// operation took, in a round of about that length.
func serve(inScope bool) {
	fmt.Println(torch.Version())
	prepared := map[string]*round{}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var name string
		var milliseconds int
		fmt.Sscan(lines.Text(), &name, &milliseconds)
		r := prepared[name]
		if r == nil {
			r = prepare(name, inScope)
			prepared[name] = r
		}
		if r == nil {
			fmt.Println("missing")
			continue
		}
		fmt.Println(r.measure(time.Duration(milliseconds) * time.Millisecond))
	}
}

// A round runs one operation many times.
type round struct {
	run   func(n int)
	guess time.Duration // what n operations took, the last time
	n     int
}

// prepare returns nil for an item that there is not, or not on this machine.
func prepare(name string, inScope bool) *round {
	i := slices.IndexFunc(items, func(it item) bool { return it.name == name })
	onGPU := strings.HasPrefix(name, gpuPrefix)
	if i < 0 || onGPU && !cuda.IsAvailable() {
		return nil
	}
	operation, perScope := items[i].setup(), items[i].perScope
	return &round{n: 1, run: func(n int) {
		if inScope {
			inScopes(n, perScope, operation)
		} else {
			collected(n, operation)
		}
		if onGPU {
			cuda.Synchronize()
		}
	}}
}

func (r *round) measure(length time.Duration) (nanoseconds float64) {
	for r.guess < length/10 {
		r.n *= 2
		r.time()
	}
	r.n = max(1, int(float64(r.n)*float64(length)/float64(r.guess)))
	r.time()
	return float64(r.guess.Nanoseconds()) / float64(r.n)
}

func (r *round) time() {
	start := time.Now()
	r.run(r.n)
	r.guess = time.Since(start)
}

func inScopes(n, perScope int, operation func()) {
	for done := 0; done < n; done += perScope {
		torch.Scope(func() { collected(min(perScope, n-done), operation) })
	}
}

func collected(n int, operation func()) {
	for range n {
		operation()
	}
}
