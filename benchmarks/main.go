// Command benchmarks compares GoTorch with Python and C++ on the same work. It
// is run by run.sh; README.md says how to read what it prints.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// options are those of run.sh, and the programs that it built.
type options struct {
	rounds   int
	length   time.Duration
	quick    bool
	markdown string
	filter   *regexp.Regexp

	goWorker, goProgram, cppWorker string // "": there is none
	python, root                   string
}

func main() {
	if err := run(readOptions()); err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks:", err)
		os.Exit(1)
	}
}

func readOptions() options {
	var o options
	flag.IntVar(&o.rounds, "n", 15, "number of rounds")
	flag.DurationVar(&o.length, "length", 200*time.Millisecond, "length of a round")
	flag.BoolVar(&o.quick, "quick", false, "5 short rounds and a tenth of the memory loops")
	flag.StringVar(&o.markdown, "markdown", "", "write the tables to this file, too")
	flag.StringVar(&o.goWorker, "go", "", "set by run.sh")
	flag.StringVar(&o.goProgram, "simple-model", "", "set by run.sh")
	flag.StringVar(&o.cppWorker, "cpp", "", "set by run.sh")
	flag.StringVar(&o.python, "python", "", "set by run.sh")
	flag.StringVar(&o.root, "root", "", "set by run.sh")
	flag.Parse()
	var err error
	if o.filter, err = regexp.Compile(strings.Join(flag.Args(), "|")); err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks: the filter is no regular expression:", err)
		os.Exit(2)
	}
	if o.quick {
		o.rounds, o.length = 5, 100*time.Millisecond
	}
	return o
}

func run(o options) error {
	var tables strings.Builder
	fmt.Fprintln(&tables, o.heading())
	if err := o.compareItems(&tables); err != nil {
		return err
	}
	o.comparePrograms(&tables)
	fmt.Print("\n", tables.String())
	if o.markdown == "" {
		return nil
	}
	return os.WriteFile(o.markdown, []byte(tables.String()), 0o644)
}

// operatorPrefix begins the names of operators that are measured by size.
const operatorPrefix = "operators/"

// onRequest are groups of items that take minutes, or a GPU: they are measured when
// a filter names them.
var onRequest = []string{operatorPrefix, "gpu/"}

// itemNames asks the Go worker, which has all items.
func (o options) itemNames() ([]string, error) {
	out, err := exec.Command(o.goWorker, "items").Output()
	if err != nil {
		return nil, fmt.Errorf("asking for the items: %w", err)
	}
	var names []string
	for _, name := range strings.Fields(string(out)) {
		if o.filter.MatchString(name) && o.asksFor(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

func (o options) asksFor(name string) bool {
	for _, group := range onRequest {
		if strings.HasPrefix(name, group) {
			return strings.Contains(o.filter.String(), strings.TrimSuffix(group, "/"))
		}
	}
	return true
}

// compareItems measures the items in rounds and writes a table of them.
func (o options) compareItems(out io.Writer) error {
	names, err := o.itemNames()
	if err != nil || len(names) == 0 {
		return err
	}
	workers := o.startWorkers(out)
	defer func() {
		for _, w := range workers {
			w.stop()
		}
	}()
	results := map[string]measurements{}
	for i, name := range names {
		note("%d/%d %s", i+1, len(names), name)
		if results[name], err = measure(workers, name, o.rounds, o.length); err != nil {
			return err
		}
	}
	writeItems(out, names, results)
	return nil
}

// The contenders.
const (
	goScope     = "Go, in scopes"
	goCollected = "Go, collected"
	python      = "Python"
	cpp         = "C++"
)

// startWorkers starts those that this machine has, and writes why others are
// missing.
func (o options) startWorkers(out io.Writer) []*worker {
	commands := []struct {
		name string
		argv []string
	}{
		{goScope, []string{o.goWorker, "scope"}},
		{goCollected, []string{o.goWorker, "collected"}},
		{python, []string{o.python, o.root + "/benchmarks/python/bench.py", "serve"}},
		{cpp, []string{o.cppWorker, "serve"}},
	}
	var workers []*worker
	for _, c := range commands {
		w, err := start(c.name, c.argv)
		if err != nil {
			fmt.Fprintf(out, "%s is not measured: %v.\n\n", c.name, err)
			continue
		}
		workers = append(workers, w)
	}
	if versions := versionsOf(workers); len(versions) > 1 {
		fmt.Fprintf(out, "These are different versions of libtorch: %s.\n\n", strings.Join(versions, ", "))
	}
	return workers
}

func note(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
