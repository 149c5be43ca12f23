package conformance

import "strings"

// A Schema is an operator's, taken apart.
type Schema struct {
	Arguments []Parameter
	Returns   []Parameter
}

// A Parameter is an argument or a result of a schema.
type Parameter struct {
	Type  string // without annotations: Tensor?[]
	Alias string // a! in Tensor(a!)
	Name  string
}

// parseSchema reads name(arguments) -> results.
func parseSchema(text string) Schema {
	arrow := strings.LastIndex(text, ") -> ")
	return Schema{parseParameters(text[strings.IndexByte(text, '(') : arrow+1]), parseParameters(text[arrow+len(") -> "):])}
}

func parseParameters(list string) []Parameter {
	if strings.HasPrefix(list, "(") {
		list = list[1 : len(list)-1]
	}
	var parameters []Parameter
	for _, text := range splitList(list) {
		if text != "*" {
			parameters = append(parameters, parseParameter(text))
		}
	}
	return parameters
}

// splitList splits at commas that are in no brackets or quotes.
func splitList(list string) []string {
	var parts []string
	depth, begin, quoted := 0, 0, false
	for i, c := range list {
		switch {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case c == ',' && depth == 0:
			parts = append(parts, strings.TrimSpace(list[begin:i]))
			begin = i + 1
		}
	}
	if last := strings.TrimSpace(list[begin:]); last != "" {
		parts = append(parts, last)
	}
	return parts
}

func parseParameter(text string) Parameter {
	var p Parameter
	if open := strings.IndexByte(text, '('); open >= 0 && open < strings.IndexByte(text+" ", ' ') {
		shut := strings.IndexByte(text, ')')
		p.Alias = text[open+1 : shut]
		text = text[:open] + text[shut+1:]
	}
	p.Type, p.Name, _ = strings.Cut(text, " ")
	p.Name, _, _ = strings.Cut(p.Name, "=")
	p.Type = strings.ReplaceAll(p.Type, "SymInt", "int")
	return p
}
