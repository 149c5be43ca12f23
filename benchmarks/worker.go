package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// A worker is a process that measures items when asked to, so that what it
// takes to start does not count and rounds of several workers can alternate.
// It first prints its version of libtorch. Then it answers each line
// "ITEM MILLISECONDS" with the nanoseconds of one operation, or "missing".
type worker struct {
	name    string
	version string
	process *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
	errors  bytes.Buffer
}

var errNotThere = errors.New("run.sh did not find what it takes, see its messages")

func start(name string, argv []string) (*worker, error) {
	if argv[0] == "" {
		return nil, errNotThere
	}
	w := &worker{name: name, process: exec.Command(argv[0], argv[1:]...)}
	w.process.Stderr = &w.errors
	var err error
	if w.in, err = w.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := w.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	w.out = bufio.NewScanner(out)
	if err := w.process.Start(); err != nil {
		return nil, err
	}
	w.version, err = w.answer()
	return w, err
}

// answer reads a line. Without one the worker has ended; the last line of its
// standard error says why.
func (w *worker) answer() (string, error) {
	if w.out.Scan() {
		return w.out.Text(), nil
	}
	err := w.process.Wait()
	lines := strings.Split(strings.TrimSpace(w.errors.String()), "\n")
	return "", fmt.Errorf("%s (%v)", lines[len(lines)-1], err)
}

// round has an item measured; has is false if the worker does not know it.
func (w *worker) round(item string, length time.Duration) (nanoseconds float64, has bool, err error) {
	if _, err := fmt.Fprintln(w.in, item, length.Milliseconds()); err != nil {
		return 0, false, err
	}
	text, err := w.answer()
	if err != nil || text == "missing" {
		return 0, false, err
	}
	nanoseconds, err = strconv.ParseFloat(text, 64)
	return nanoseconds, true, err
}

func (w *worker) stop() {
	w.in.Close()
	w.process.Wait() // its status says nothing that matters any more
}

// versionsOf returns the versions of libtorch, each once, without what follows
// a plus: the wheel for CUDA has the same operators for the CPU.
func versionsOf(workers []*worker) []string {
	var versions []string
	seen := map[string]bool{}
	for _, w := range workers {
		version, _, _ := strings.Cut(w.version, "+")
		if !seen[version] {
			versions = append(versions, version)
		}
		seen[version] = true
	}
	return versions
}

// measurements are nanoseconds by contender and round.
type measurements map[string][]float64

// settle is how long a worker waits for its turn. OpenMP's threads stay on their
// cores for up to 15 milliseconds after a loop, ready for the next one, and would
// take these from the process that is measured next.
const settle = 30 * time.Millisecond

// measure lets the workers take turns, A B C A B C, so that a machine that
// becomes slower meanwhile is slow for all. A round before the first warms up.
func measure(workers []*worker, item string, rounds int, length time.Duration) (measurements, error) {
	results := measurements{}
	for i := range rounds + 1 {
		for _, w := range workers {
			time.Sleep(settle)
			nanoseconds, has, err := w.round(item, length)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", w.name, item, err)
			}
			if has && i > 0 {
				results[w.name] = append(results[w.name], nanoseconds)
			}
		}
	}
	return results, nil
}
