package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// targets are what GoTorch wants to be, as ratios of the others' time; 0 is no
// target.
type targets struct{ python, cpp float64 }

var itemTargets = map[string]map[string]targets{
	"add":           {goScope: {python: 0.65}, goCollected: {python: 1.3}},
	"adam_200":      {goScope: {python: 0.65}, goCollected: {python: 0.65}},
	"training_step": {goScope: {python: 0.45, cpp: 1.15}, goCollected: {python: 0.6}},
	"mlp_step":      {goScope: {python: 0.9, cpp: 1.15}},
	"lstm_step":     {goScope: {python: 0.9}},
	"gpt_step":      {goScope: {python: 0.9}},
	"resnet18_step": {goScope: {python: 1.03}},
}

// operatorTarget is that of each operator at each size.
var operatorTarget = targets{python: 1.05}

func targetOf(name, form string) targets {
	if form == goScope && strings.HasPrefix(name, operatorPrefix) {
		return operatorTarget
	}
	return itemTargets[name][form]
}

// Of the whole program, GoTorch's time and memory as ratios of Python's.
const (
	programTime   = 0.1
	programMemory = 0.25
)

func (o options) heading() string {
	load := "unknown"
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		load = strings.Fields(string(text))[0]
	}
	return fmt.Sprintf("%s, %s/%s, %d cores, load %s at the start; medians of %d rounds of %v.\n",
		time.Now().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), load, o.rounds, o.length)
}

// writeItems writes a row for each item and form of Go.
func writeItems(out io.Writer, names []string, results map[string]measurements) {
	rows := [][]string{{"operation", "form", "Go", "Python", "C++", "Go/Python", "Go/C++"}}
	for _, name := range names {
		m := results[name]
		for _, form := range []string{goScope, goCollected} {
			target := targetOf(name, form)
			rows = append(rows, []string{name, strings.TrimPrefix(form, "Go, "),
				duration(m[form]), duration(m[python]), duration(m[cpp]),
				ratio(m[form], m[python], target.python), ratio(m[form], m[cpp], target.cpp)})
		}
	}
	writeTable(out, rows)
}

type programRow struct {
	program
	usages map[string]usage
}

// writePrograms writes two rows for each program: time and memory.
func writePrograms(out io.Writer, programs []programRow) {
	if len(programs) == 0 {
		return
	}
	rows := [][]string{{"program", "", "Go", "Python", "C++", "Go/Python", "Go/C++"}}
	for _, p := range programs {
		g, py, c := p.usages[goCollected], p.usages[python], p.usages[cpp]
		var target struct{ time, memory float64 }
		if p.name == "simple_model" {
			target.time, target.memory = programTime, programMemory
		}
		rows = append(rows,
			[]string{p.name + ": " + p.about, "time", seconds(g.seconds), seconds(py.seconds), seconds(c.seconds),
				ratio(g.seconds, py.seconds, target.time), ratio(g.seconds, c.seconds, 0)},
			[]string{"", "peak memory", megabytes(g.bytes), megabytes(py.bytes), megabytes(c.bytes),
				ratio(g.bytes, py.bytes, target.memory), ratio(g.bytes, c.bytes, 0)})
	}
	writeTable(out, rows)
}

// ratio tells the median of a/b over the rounds, how far the middle half of the
// rounds lies from it and, after a slash, the ratio of the fastest rounds, which
// is what an idle machine would show. A target that the median misses is marked.
func ratio(a, b []float64, target float64) string {
	if len(a) == 0 || len(a) != len(b) {
		return "-"
	}
	ratios := make([]float64, len(a))
	for i := range a {
		ratios[i] = a[i] / b[i]
	}
	low, middle, high := quartiles(ratios)
	text := fmt.Sprintf("%.2f", middle)
	if len(a) > 1 {
		text += fmt.Sprintf(" ±%.0f%% / %.2f", 50*(high-low)/middle, slices.Min(a)/slices.Min(b))
	}
	switch {
	case target == 0:
	case middle <= target:
		text += fmt.Sprintf(" (target %g: met)", target)
	default:
		text += fmt.Sprintf(" (target %g: MISSED)", target)
	}
	return text
}

// quartiles interpolates linearly.
func quartiles(values []float64) (low, middle, high float64) {
	sorted := slices.Sorted(slices.Values(values))
	at := func(q float64) float64 {
		position := q * float64(len(sorted)-1)
		i := int(position)
		if i+1 == len(sorted) {
			return sorted[i]
		}
		return sorted[i] + (position-float64(i))*(sorted[i+1]-sorted[i])
	}
	return at(0.25), at(0.5), at(0.75)
}

func median(values []float64) float64 {
	_, middle, _ := quartiles(values)
	return middle
}

func duration(nanoseconds []float64) string {
	if len(nanoseconds) == 0 {
		return "-"
	}
	if ns := median(nanoseconds); ns < 10_000 {
		return fmt.Sprintf("%.0f ns", ns)
	} else {
		return fmt.Sprintf("%.1f µs", ns/1000)
	}
}

func seconds(values []float64) string {
	if len(values) == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f s", median(values))
}

func megabytes(bytes []float64) string {
	if len(bytes) == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f MB", median(bytes)/1e6)
}

// writeTable writes Markdown that is aligned, so that it reads well as it is.
// The first row is the heading.
func writeTable(out io.Writer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	rule := make([]string, len(widths))
	for i, width := range widths {
		rule[i] = strings.Repeat("-", width)
	}
	for _, row := range slices.Insert(rows, 1, rule) {
		for i, cell := range row {
			fmt.Fprintf(out, "| %s%s ", cell, strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)))
		}
		fmt.Fprintln(out, "|")
	}
	fmt.Fprintln(out)
}
