package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// forwarding are the packages that show functions of package torch under the
// names that they have in a module of Python.
var forwarding = []string{"linalg", "fft", "special", "sparse", "nested"}

func writeForwarding(functions []*Function, texts *Texts) error {
	for _, module := range forwarding {
		var b bytes.Buffer
		b.WriteString(goHeader + "package " + module + "\n\nimport \"github.com/wangkuiyi/gotorch/torch\"\n\n")
		var own []*Function
		for _, f := range functions {
			if f.Binding.Module == module {
				own = append(own, f)
			}
		}
		slices.SortFunc(own, func(a, b *Function) int { return strings.Compare(a.Name, b.Name) })
		names := map[string]string{}
		for _, f := range own {
			names[f.Name] = strings.TrimPrefix(f.Name, camel(module))
		}
		for _, f := range own {
			doc, err := texts.document(f, names[f.Name])
			if err != nil {
				return err
			}
			writeForward(&b, f, names[f.Name], qualifyLinks(doc, names))
		}
		if err := writeFormatted(module+"/"+module+"_gen.go", b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// writeForward writes a function that calls its namesake in package torch.
func writeForward(b *bytes.Buffer, f *Function, name, doc string) {
	if f.Interface != "" {
		fmt.Fprintf(b, "// %s %sOption is an option of [%s].\ntype %sOption = torch.%s\n\n", article(name), name, name, name, f.Interface)
	}
	var arguments []string
	for _, p := range f.Parameters {
		arguments = append(arguments, p.Go)
	}
	if f.variadic() {
		arguments[len(arguments)-1] += "..."
	}
	if f.Interface != "" {
		arguments = append(arguments, "opts...")
	}
	parameters := strings.Replace(f.parameterList("torch."), "...torch."+f.Interface, "..."+name+"Option", 1)
	b.WriteString(doc)
	fmt.Fprintf(b, "func %s(%s) %s {\nreturn torch.%s(%s)\n}\n\n", name, parameters, f.resultList("torch."), f.Name,
		strings.Join(arguments, ", "))
}
