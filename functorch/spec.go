package functorch

import (
	"slices"
	"strings"
)

// A spec is the structure of a tree, which error messages show: Python's
// TreeSpec.
type spec struct {
	kind     nodeKind
	keys     []string // of a dict
	children []*spec
}

type nodeKind uint8

const (
	leafNode nodeKind = iota
	tupleNode
	listNode
	dictNode
)

var leafSpec = &spec{}

func tupleSpec(children ...*spec) *spec { return &spec{kind: tupleNode, children: children} }

func (s *spec) equal(other *spec) bool {
	return s.kind == other.kind && slices.Equal(s.keys, other.keys) &&
		slices.EqualFunc(s.children, other.children, (*spec).equal)
}

// String returns the text of Python's repr.
func (s *spec) String() string { return s.text(2) }

func (s *spec) text(indent int) string {
	if s.kind == leafNode {
		return "*"
	}
	var texts []string
	for _, child := range s.children {
		texts = append(texts, child.text(indent+2))
	}
	head := map[nodeKind]string{tupleNode: "tuple, None", listNode: "list, None", dictNode: "dict, " + quoted(s.keys)}[s.kind]
	return "TreeSpec(" + head + ", [" + strings.Join(texts, ",\n"+strings.Repeat(" ", indent)) + "])"
}

// pretty returns the text of Python's treespec_pprint.
func (s *spec) pretty() string {
	var texts []string
	for i, child := range s.children {
		text := child.pretty()
		if s.kind == dictNode {
			text = "'" + s.keys[i] + "': " + text
		}
		texts = append(texts, text)
	}
	inside := strings.Join(texts, ", ")
	switch s.kind {
	case leafNode:
		return "*"
	case listNode:
		return "[" + inside + "]"
	case dictNode:
		return "{" + inside + "}"
	}
	if len(s.children) == 1 {
		inside += ","
	}
	return "(" + inside + ")"
}

// quoted is the text of a Python list of strings.
func quoted(names []string) string {
	if len(names) == 0 {
		return "[]"
	}
	return "['" + strings.Join(names, "', '") + "']"
}
