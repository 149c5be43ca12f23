package conformance

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/wangkuiyi/gotorch/torch"
)

// A Tally counts what became of calls, by the way in which samples were run.
type Tally map[string]*Count

// A Count is a line of the report.
type Count struct {
	Samples   int // of the database
	Whole     int // samples all of whose calls are equal
	Calls     int
	Equal     int
	Different map[string]*Cause // from Python, by cause
	Excused   map[string]*Cause // different, or not to be compared, for a reason that is known
	NoWay     map[string]*Cause // not to be called in Go
}

// A Cause is why calls are not equal.
type Cause struct {
	Calls   int
	Example string
}

func newCount() *Count {
	return &Count{Different: map[string]*Cause{}, Excused: map[string]*Cause{}, NoWay: map[string]*Cause{}}
}

// count returns the line of this name.
func (t Tally) count(name string) *Count {
	if t[name] == nil {
		t[name] = newCount()
	}
	return t[name]
}

// A replayer replays a call, as replayPublic does.
type replayer = func(*Call) (difference string, err error)

// Add replays a record and notes what becomes of its calls.
func (t Tally) Add(line string, r *Record, replay replayer) {
	count := t.count(line)
	count.Samples++
	equal := count.Equal
	for _, c := range r.Calls {
		count.Calls++
		example := fmt.Sprintf("%s, %s, sample %d", r.Entry, r.DType, r.Sample)
		if c.Unsupported != "" {
			note(count.Excused, "not recorded: "+c.Unsupported, example)
			continue
		}
		difference, err := replay(c)
		switch {
		case errors.Is(err, errNoCounterpart) && private(c.Name):
			note(count.Excused, "private in Python: no function for programs", example)
		case err != nil && c.Error != nil && c.Error.Type == "TypeError":
			note(count.Excused, typeErrors, example)
		case c.Error != nil && c.Error.Type == "AttributeError":
			note(count.Excused, "a method that Python's number does not have", example)
		case err != nil && strings.HasPrefix(c.Name, "torch_nn::"):
			note(count.Excused, "an operator that Python registers, and libtorch does not have", example)
		case c.Name == "torch.sym_float":
			note(count.Excused, "Python's symbolic numbers, which only its compiler has", example)
		case err != nil:
			note(count.NoWay, noWay(c, err), example)
		case difference == "":
			count.Equal++
		default:
			reason := known(c, difference)
			if reason != "" {
				note(count.Excused, reason, example)
			} else {
				note(count.Different, normalName(c.Name)+" "+difference, example)
			}
		}
	}
	if len(r.Calls) > 0 && count.Equal == equal+len(r.Calls) {
		count.Whole++
	}
}

// private reports whether the name is not one for programs: an operator of
// torch.ops, or with an underscore in front.
func private(name string) bool {
	module, function := split(name)
	return module == "" || strings.HasPrefix(name, "aten.") || strings.HasPrefix(function, "_") && !strings.HasSuffix(function, "__")
}

func note(causes map[string]*Cause, cause, example string) {
	if len(cause) > 300 {
		cause = cause[:300] + "…"
	}
	if causes[cause] == nil {
		causes[cause] = &Cause{Example: example}
	}
	causes[cause].Calls++
}

// noWay is what stands in the way of a call, as its first attempt found it.
func noWay(c *Call, err error) string {
	for {
		var joined interface{ Unwrap() []error }
		if !errors.As(err, &joined) || len(joined.Unwrap()) == 0 {
			break
		}
		first := joined.Unwrap()[0]
		if first == errNoCounterpart || first == errUnsupported {
			break
		}
		err = first
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	if errors.Is(err, errUnsupported) {
		text = normalName(c.Name) + ": " + text
	}
	return text
}

// uninitialised memory is equal by chance only.
const uninitialised = "uninitialised memory: dtype and shape are equal"

const typeErrors = "TypeErrors of Python's arguments, whose types the compiler checks in Go"

// A reason is why calls are not compared bit for bit, or differ.
type reason struct {
	name       *regexp.Regexp // of what is called
	difference *regexp.Regexp
	reason     string
}

func because(name, difference, why string) reason {
	return reason{regexp.MustCompile(name), regexp.MustCompile(difference), why}
}

// reasons are those that hold everywhere.
var reasons = []reason{
	because(`^(aten::|torch\.(Tensor\.)?)(new_)?empty(_like|_strided|_permuted)?(\.|$)`, `differs in`, uninitialised),
	because(`^torch\.Tensor\.T$`, `grad_fn TBackward0`, "T is t() in Go, whose gradient is the same"),
	because(`^torch\.(Tensor\.)?squeeze_?$`, `grad_fn SqueezeBackward1`, "Dim(0) is a dimension in Go, not a list of one; the gradient is the same"),
	because(`^torch\.signal\.windows\.(exponential|gaussian|kaiser)$`, `raised`, "the text has a float where Python's has the integer that it was given"),
	because(`^torch\.Tensor\.item$`, `cannot be converted to type double`, "Item returns a float64; ItemOf[complex128] is for complex numbers"),
}

// known returns why a difference is no mistake of Go's, or "".
func known(c *Call, difference string) string {
	candidates := reasons
	if c.device != (torch.Device{}) {
		candidates = slices.Concat(reasons, deviceReasons)
	}
	for _, r := range candidates {
		if r.name.MatchString(normalName(c.Name)) && r.difference.MatchString(difference) {
			return r.reason
		}
	}
	if c.Error != nil && c.Error.Type == "TypeError" {
		return typeErrors
	}
	return ""
}

// Report writes the tally as a table, and the causes.
func (t Tally) Report(b *strings.Builder) {
	b.WriteString("| run | samples | all calls equal | calls | equal | different | excused | no way in Go |\n|---|---|---|---|---|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(t)) {
		c := t[name]
		fmt.Fprintf(b, "| %s | %d | %d | %d | %d | %d | %d | %d |\n", name, c.Samples, c.Whole, c.Calls, c.Equal, total(c.Different),
			total(c.Excused), total(c.NoWay))
	}
	for _, section := range []struct {
		title  string
		causes func(*Count) map[string]*Cause
	}{
		{"Different", func(c *Count) map[string]*Cause { return c.Different }},
		{"Excused", func(c *Count) map[string]*Cause { return c.Excused }},
		{"No way in Go", func(c *Count) map[string]*Cause { return c.NoWay }},
	} {
		t.writeCauses(b, section.title, section.causes)
	}
}

func (t Tally) writeCauses(b *strings.Builder, title string, of func(*Count) map[string]*Cause) {
	all := map[string]*Cause{}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		for cause, c := range of(t[name]) {
			cause = grouped(cause)
			if all[cause] == nil {
				all[cause] = &Cause{Example: c.Example}
			}
			all[cause].Calls += c.Calls
		}
	}
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "\n### %s\n\n| calls | cause | for example |\n|---|---|---|\n", title)
	causes := slices.SortedFunc(maps.Keys(all), func(x, y string) int {
		return cmp.Or(all[y].Calls-all[x].Calls, strings.Compare(x, y))
	})
	for _, cause := range causes {
		fmt.Fprintf(b, "| %d | %s | %s |\n", all[cause].Calls, strings.NewReplacer("|", "\\|", "\n", " ").Replace(cause), all[cause].Example)
	}
}

var numbers = regexp.MustCompile(`[0-9a-f]{4,}|\[[0-9 ]*\]|\b[0-9]+\b`)

// grouped makes one cause of those that differ in numbers alone.
func grouped(cause string) string {
	if len(cause) > 160 {
		cause = cause[:160] + "…"
	}
	return numbers.ReplaceAllString(cause, "N")
}

func total(causes map[string]*Cause) int {
	n := 0
	for _, c := range causes {
		n += c.Calls
	}
	return n
}
