package nn

import "strings"

// ExtraRepr returns what stands in the parentheses when the module is printed,
// such as "in_features=2, out_features=1, bias=True": "" unless the struct has
// its own ExtraRepr. Python's extra_repr.
func (m *Module) ExtraRepr() string { return "" }

// String returns the module and all modules below as Python prints them:
//
//	SimpleModel(
//	  (fc1): Linear(in_features=2, out_features=2, bias=True)
//	  (fc2): Linear(in_features=2, out_features=1, bias=True)
//	)
func (m *Module) String() string {
	m.ready("module")
	var extra, lines []string
	if text := m.self.ExtraRepr(); text != "" {
		extra = strings.Split(text, "\n")
	}
	m.eachPlace(func(key string, child AnyModule) bool {
		lines = append(lines, "("+key+"): "+indent(textOf(child)))
		return true
	})
	if len(lines) == 0 && len(extra) <= 1 {
		return m.name() + "(" + strings.Join(extra, "") + ")"
	}
	return m.name() + "(\n  " + strings.Join(append(extra, lines...), "\n  ") + "\n)"
}

// textOf is m as it is printed; nil is Python's None.
func textOf(m AnyModule) string {
	if m == nil {
		return "None"
	}
	return m.String()
}

// indent indents all lines but the first; blank ones stay empty.
func indent(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines[1:] {
		if strings.TrimSpace(line) == "" {
			lines[i+1] = ""
		} else {
			lines[i+1] = "  " + line
		}
	}
	return strings.Join(lines, "\n")
}
