package main

import (
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// A program is measured from the start of its process to its end: how long it
// takes and how much memory it has at most.
type program struct {
	name     string
	about    string
	commands map[string][]string // by contender
	rounds   int
}

func (o options) programs() []program {
	steps, tensors := "1000000", "100"
	if o.quick {
		steps, tensors = "100000", "10"
	}
	loop := func(name, n string) map[string][]string {
		return map[string][]string{
			goCollected: {o.goWorker, name, n},
			python:      {o.python, o.root + "/benchmarks/python/bench.py", name, n},
			cpp:         {o.cppWorker, name, n},
		}
	}
	return []program{
		{"simple_model", "the article's program", map[string][]string{
			goCollected: {o.goProgram},
			python:      {o.python, o.root + "/examples/simple_model/simple_model.py"},
			cpp:         {o.cppWorker, "simple_model"},
		}, max(3, o.rounds/3)},
		{"small_steps", steps + " small steps with backward", loop("small_steps", steps), 1},
		{"large_tensors", tensors + " tensors of 100 MB, each dropped", loop("large_tensors", tensors), 1},
	}
}

// usage is what a process took.
type usage struct {
	seconds []float64
	bytes   []float64
}

// comparePrograms measures the programs and writes a table of them.
func (o options) comparePrograms(out io.Writer) {
	var rows []programRow
	var failures []string
	for _, p := range o.programs() {
		if !o.filter.MatchString(p.name) {
			continue
		}
		note("%s", p.name)
		usages, failed := p.measure()
		rows = append(rows, programRow{p, usages})
		failures = append(failures, failed...)
	}
	writePrograms(out, rows)
	for _, f := range failures {
		fmt.Fprintf(out, "%s.\n\n", f)
	}
}

// measure runs each contender's command in turn. It says which failed.
func (p program) measure() (usages map[string]usage, failures []string) {
	usages = map[string]usage{}
	failed := map[string]bool{}
	for range p.rounds {
		for _, contender := range []string{goCollected, python, cpp} {
			if failed[contender] {
				continue
			}
			seconds, bytes, err := spend(p.commands[contender])
			if err != nil {
				failed[contender] = true
				failures = append(failures, fmt.Sprintf("%s is not measured with %s: %v", p.name, contender, err))
				continue
			}
			u := usages[contender]
			usages[contender] = usage{append(u.seconds, seconds), append(u.bytes, bytes)}
		}
	}
	return usages, failures
}

// spend runs a command and tells the time it took and its peak of memory.
func spend(argv []string) (seconds, bytes float64, err error) {
	if argv[0] == "" {
		return 0, 0, errNotThere
	}
	process := exec.Command(argv[0], argv[1:]...)
	var messages strings.Builder
	process.Stderr = &messages
	start := time.Now()
	if err := process.Run(); err != nil {
		lines := strings.Split(strings.TrimSpace(messages.String()), "\n")
		return 0, 0, fmt.Errorf("%s (%w)", lines[len(lines)-1], err)
	}
	seconds = time.Since(start).Seconds()
	bytes = float64(process.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	if runtime.GOOS != "darwin" { // which alone does not count in kilobytes
		bytes *= 1024
	}
	return seconds, bytes, nil
}
