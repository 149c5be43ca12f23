package functorch

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/wangkuiyi/gotorch/torch"
)

// ellipsis stands for the three dots in a pattern.
const ellipsis = "…"

// An expression is a side of a pattern of [Rearrange], the notation of einops.
type expression struct {
	groups    []group
	names     map[string]bool // of the axes, with the ellipsis
	ellipsis  bool
	joined    bool // the ellipsis is in parentheses
	unnamed   bool // there is a number other than 1
	open      bool // a parenthesis
	openGroup group
}

// A group is the axes of one dimension, by their names, which may include the
// ellipsis; or the ellipsis alone.
type group struct {
	axes     []string
	ellipsis bool
}

// parsePattern parses both sides of the arrow.
func parsePattern(pattern string) (left, right *expression) {
	sides := strings.Split(pattern, "->")
	if len(sides) != 2 {
		refuseValue("Pattern must contain a single '->' separator")
	}
	left, right = parseExpression(sides[0]), parseExpression(sides[1])
	if !left.ellipsis && right.ellipsis {
		refuseValue("Ellipsis found in right side, but not left side of a pattern %s", pattern)
	}
	if left.joined {
		refuseValue("Ellipsis is parenthesis in the left side is not allowed: %s", pattern)
	}
	return left, right
}

func parseExpression(text string) *expression {
	e := &expression{names: map[string]bool{}}
	if strings.Contains(text, ".") {
		if !strings.Contains(text, "...") {
			refuseValue("Expression may contain dots only inside ellipsis (...)")
		}
		if strings.Count(text, ".") != 3 {
			refuseValue("Expression may contain dots only inside ellipsis (...); only one ellipsis for tensor ")
		}
		text = strings.Replace(text, "...", ellipsis, 1)
		e.ellipsis = true
	}
	name := ""
	for _, char := range text {
		switch {
		case strings.ContainsRune("() ", char):
			if name != "" {
				e.add(name)
			}
			name = ""
			e.parenthesis(char)
		case unicode.IsLetter(char) || unicode.IsNumber(char) || char == '_' || string(char) == ellipsis:
			name += string(char)
		default:
			refuseValue("Unknown character '%c'", char)
		}
	}
	if e.open {
		refuseValue("Imbalanced parentheses in expression: '%s'", text)
	}
	if name != "" {
		e.add(name)
	}
	return e
}

// parenthesis opens or closes a group.
func (e *expression) parenthesis(char rune) {
	switch char {
	case '(':
		if e.open {
			refuseValue("Axis composition is one-level (brackets inside brackets not allowed)")
		}
		e.open, e.openGroup = true, group{}
	case ')':
		if !e.open {
			refuseValue("Brackets are not balanced")
		}
		e.groups = append(e.groups, e.openGroup)
		e.open = false
	}
}

// add adds an axis to the open group, or as one.
func (e *expression) add(name string) {
	if e.names[name] {
		refuseValue("Indexing expression contains duplicate dimension '%s'", name)
	}
	if strings.Trim(name, "0123456789") == "" {
		e.addNumber(name)
		return
	}
	if name != ellipsis {
		checkAxisName(name)
	}
	e.names[name] = true
	switch {
	case e.open:
		e.openGroup.axes = append(e.openGroup.axes, name)
		e.joined = e.joined || name == ellipsis
	case name == ellipsis:
		e.groups = append(e.groups, group{ellipsis: true})
	default:
		e.groups = append(e.groups, group{axes: []string{name}})
	}
}

// addNumber adds an axis without a name: a 1 outside parentheses is an empty
// group, and inside says nothing.
func (e *expression) addNumber(text string) {
	switch n, err := strconv.Atoi(text); {
	case err == nil && n == 0:
		refuseValue("Anonymous axis should have positive length, not 0")
	case err != nil || n != 1:
		e.unnamed = true
	case !e.open:
		e.groups = append(e.groups, group{})
	}
}

// checkAxisName refuses what is no identifier of Python.
func checkAxisName(name string) {
	runes := []rune(name)
	if unicode.IsNumber(runes[0]) || strings.Contains(name, ellipsis) {
		refuseValue("Invalid axis identifier: %s\nnot a valid python identifier", name)
	}
	if runes[0] == '_' || runes[len(runes)-1] == '_' {
		refuseValue("Invalid axis identifier: %s\naxis name should should not start or end with underscore", name)
	}
	if name == "axis" {
		torch.Warn("It is discouraged to use 'axis' as an axis name and will raise an error in future")
	}
}

// check refuses sides and lengths that do not go together.
func (e *expression) check(right *expression, lengths AxesLengths) {
	if e.unnamed || right.unnamed {
		refuseValue("rearrange only supports unnamed axes of size 1")
	}
	has := func(e *expression) func(string) bool { return func(name string) bool { return e.names[name] } }
	onlyLeft := slices.DeleteFunc(slices.Collect(maps.Keys(e.names)), has(right))
	onlyRight := slices.DeleteFunc(slices.Collect(maps.Keys(right.names)), has(e))
	if difference := append(onlyLeft, onlyRight...); len(difference) > 0 {
		refuseValue("Identifiers only on one side of rearrange expression (should be on both): %s", setText(difference))
	}
	if unmatched := slices.DeleteFunc(slices.Collect(maps.Keys(lengths)), has(e)); len(unmatched) > 0 {
		refuseValue("Identifiers not found in rearrange expression: %s", setText(unmatched))
	}
}
