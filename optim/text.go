package optim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// String returns what Python prints for the optimizer.
func (o *Base) String() string {
	var b strings.Builder
	b.WriteString(o.name + " (")
	for i, g := range o.groups {
		fmt.Fprintf(&b, "\nParameter Group %d\n", i)
		shown := g.values.clone()
		if g.Names != nil {
			shown.set("param_names", g.Names)
		}
		slices.Sort(shown.names)
		for _, name := range shown.names {
			fmt.Fprintf(&b, "    %s: %s\n", name, repr(shown.byName[name]))
		}
	}
	b.WriteString(")")
	return b.String()
}

// repr returns a value as Python prints it.
func repr(value any) string {
	switch v := value.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case float64:
		return pytext.Float(v)
	case [2]float64:
		return "(" + pytext.Float(v[0]) + ", " + pytext.Float(v[1]) + ")"
	case [3]float64:
		return "(" + pytext.Float(v[0]) + ", " + pytext.Float(v[1]) + ", " + pytext.Float(v[2]) + ")"
	case [2]any:
		return "(" + reprElement(v[0]) + ", " + reprElement(v[1]) + ")"
	case *torch.Tensor:
		if v.Dim() == 0 { // as Python's __format__ does
			return pytext.Float(v.Item())
		}
		return v.String()
	case []any:
		elements := make([]string, len(v))
		for i, element := range v {
			elements[i] = repr(element)
		}
		return "[" + strings.Join(elements, ", ") + "]"
	case []string:
		return "['" + strings.Join(v, "', '") + "']"
	}
	return fmt.Sprint(value)
}

// reprElement returns an element of a tuple as Python prints it.
func reprElement(value any) string {
	if t, ok := value.(*torch.Tensor); ok {
		return t.String()
	}
	return repr(value)
}

// sizeText returns a shape as Python prints it.
func sizeText(shape []int64) string {
	return "torch.Size(" + strings.ReplaceAll(fmt.Sprint(shape), " ", ", ") + ")"
}
