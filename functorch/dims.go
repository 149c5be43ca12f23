package functorch

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Dimensions as InDims and OutDims give them: an int, nil, or a list or map of
// these. A single one is for everything; several are a tuple.

// broadcast returns a dimension for each leaf, or false if the structure of the
// dimensions does not fit.
func broadcast(dims any, to *spec) ([]any, bool) {
	switch d := dims.(type) {
	case []any:
		if to.kind == leafNode || to.kind == dictNode || len(d) != len(to.children) {
			return nil, false
		}
		return broadcastEach(d, to.children)
	case map[string]any:
		if to.kind != dictNode || !slices.Equal(slices.Sorted(maps.Keys(d)), to.keys) {
			return nil, false
		}
		inOrder := make([]any, len(to.keys))
		for i, key := range to.keys {
			inOrder[i] = d[key]
		}
		return broadcastEach(inOrder, to.children)
	}
	if to.kind == leafNode {
		return []any{dims}, true
	}
	return broadcastEach(slices.Repeat([]any{dims}, len(to.children)), to.children)
}

func broadcastEach(dims []any, to []*spec) (flat []any, ok bool) {
	for i, d := range dims {
		part, ok := broadcast(d, to[i])
		if !ok {
			return nil, false
		}
		flat = append(flat, part...)
	}
	return flat, true
}

// single reports whether the dimensions are one for everything.
func single(dims []any) bool {
	if len(dims) != 1 {
		return false
	}
	switch dims[0].(type) {
	case []any, map[string]any:
		return false
	}
	return true
}

// unlessSingle is the dimensions as broadcast wants them.
func unlessSingle(dims []any) any {
	if single(dims) {
		return dims[0]
	}
	return dims
}

// dimsSpec is the structure of dimensions; several are a tuple.
func dimsSpec(dims []any) *spec {
	if single(dims) {
		return leafSpec
	}
	s := innerSpec(dims)
	s.kind = tupleNode
	return s
}

func innerSpec(dims any) *spec {
	switch d := dims.(type) {
	case []any:
		s := &spec{kind: listNode}
		for _, child := range d {
			s.children = append(s.children, innerSpec(child))
		}
		return s
	case map[string]any:
		s := &spec{kind: dictNode, keys: slices.Sorted(maps.Keys(d))}
		for _, key := range s.keys {
			s.children = append(s.children, innerSpec(d[key]))
		}
		return s
	}
	return leafSpec
}

// dimsText is what Python prints for the dimensions.
func dimsText(dims []any) string {
	if single(dims) {
		if s, ok := dims[0].(string); ok {
			return s
		}
		return dimText(dims[0])
	}
	texts := make([]string, len(dims))
	for i, d := range dims {
		texts[i] = dimText(d)
	}
	return tupleText(texts)
}

func dimText(dim any) string {
	switch d := dim.(type) {
	case nil:
		return "None"
	case string:
		return "'" + d + "'"
	case []any:
		texts := make([]string, len(d))
		for i, child := range d {
			texts[i] = dimText(child)
		}
		return "[" + strings.Join(texts, ", ") + "]"
	case map[string]any:
		var texts []string
		for _, key := range slices.Sorted(maps.Keys(d)) {
			texts = append(texts, "'"+key+"': "+dimText(d[key]))
		}
		return "{" + strings.Join(texts, ", ") + "}"
	}
	return fmt.Sprint(dim)
}

// dimOf returns a dimension that is an integer of any type.
func dimOf(dim any) (d int64, ok bool) {
	v := reflect.ValueOf(dim)
	if dim != nil && v.CanInt() {
		return v.Int(), true
	}
	return 0, false
}
