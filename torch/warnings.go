package torch

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/callers"
)

// A Warning is something that PyTorch wants the program's author to know.
type Warning struct {
	// Category is the Python class: "UserWarning", "DeprecationWarning", ...
	Category string
	// Message is PyTorch's message.
	Message string
	// File and Line say where the program called the function that warns.
	File string
	Line int
}

// String returns the warning as Python prints it: the place, the category, the
// message, and the line of source if it can be read.
func (w Warning) String() string {
	s := fmt.Sprintf("%s:%d: %s: %s\n", w.File, w.Line, w.Category, w.Message)
	if source := sourceLine(w.File, w.Line); source != "" {
		s += "  " + source + "\n"
	}
	return s
}

func sourceLine(file string, line int) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	scanner := bufio.NewScanner(f)
	for n := 1; scanner.Scan(); n++ {
		if n == line {
			return strings.TrimSpace(scanner.Text())
		}
	}
	return ""
}

var warnings = struct {
	sync.Mutex
	seen    map[Warning]bool
	handler func(Warning)
}{seen: map[Warning]bool{}, handler: printWarning}

func printWarning(w Warning) { fmt.Fprint(os.Stderr, w) }

// SetWarningHandler sets what is done with each warning, and returns what was
// done before. Like Python's default filter, a warning comes once for each
// line of the program that causes it. At first warnings are printed to
// standard error; nil drops them.
//
// The handler runs on the goroutine that caused the warning, so it may run on
// several at once.
func SetWarningHandler(handler func(Warning)) (before func(Warning)) {
	warnings.Lock()
	defer warnings.Unlock()
	before, warnings.handler = warnings.handler, handler
	clear(warnings.seen)
	return before
}

// Warn issues a warning of category UserWarning on behalf of the program's
// line that called into this library, as the library's own packages do.
func Warn(format string, args ...any) {
	WarnAs("UserWarning", format, args...)
}

// WarnAs is [Warn] for another category, such as "FutureWarning".
func WarnAs(category, format string, args ...any) {
	warn(csrc.Warning{Category: category, Text: fmt.Sprintf(format, args...)})
}

// WarnText is [Warn] for a message that is there already, as it stands.
func WarnText(message string) { warn(csrc.Warning{Category: "UserWarning", Text: message}) }

func warn(w csrc.Warning) {
	program := places.of(callers.Here())
	warning := Warning{Category: w.Category, Message: inPython(w.Text), File: program.file, Line: program.line}
	if handler := handlerFor(warning); handler != nil {
		handler(warning)
	}
}

// handlerFor returns what is to be done with a warning, or nil if it came
// before. It holds no lock while that is done.
func handlerFor(w Warning) func(Warning) {
	warnings.Lock()
	defer warnings.Unlock()
	if warnings.seen[w] {
		return nil
	}
	warnings.seen[w] = true
	return warnings.handler
}
