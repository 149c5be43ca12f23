package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// exportedPackages mirror modules of functions in Python.
var exportedPackages = []string{
	"torch", "linalg", "fft", "special", "sparse", "nested", "masked", "signal/windows", "nn/functional",
}

// writeExports writes, for the tests that call by Python's names, a table of the
// exported functions and methods: reflection cannot list functions, nor tell the
// names of their parameters.
func writeExports() error {
	var functions, optionTypes, imports strings.Builder
	unions := map[string][]string{}
	for _, dir := range exportedPackages {
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		fmt.Fprintf(&imports, "\t%q\n", "github.com/wangkuiyi/gotorch/"+dir)
		if err := listExports(dir, unions, &functions, &optionTypes); err != nil {
			return err
		}
	}
	text := fmt.Sprintf("%spackage conformance\n\nimport (\n\t\"reflect\"\n\n%s)\n\n"+
		"// exports are the exported functions, and the methods of Tensor.\nvar exports = []Export{\n%s}\n\n"+
		"// types are those that can be options.\nvar types = map[string]reflect.Type{\n%s}\n",
		goHeader, imports.String(), functions.String(), optionTypes.String())
	return writeFormatted("internal/conformance/exports_gen.go", []byte(text))
}

func listExports(dir string, unions map[string][]string, functions, optionTypes *strings.Builder) error {
	files, err := filepath.Glob(dir + "/*.go")
	if err != nil {
		return err
	}
	var lines, typeLines []string
	var parsed []*ast.File
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		parsed = append(parsed, f)
		unionsIn(f, unions)
	}
	for _, file := range parsed {
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				lines = append(lines, exportLines(filepath.Base(dir), d, unions)...)
			case *ast.GenDecl:
				typeLines = append(typeLines, typeExports(filepath.Base(dir), d)...)
			}
		}
	}
	slices.Sort(lines)
	slices.Sort(typeLines)
	functions.WriteString(strings.Join(lines, ""))
	optionTypes.WriteString(strings.Join(typeLines, ""))
	return nil
}

// pythonNames finds what a function's documentation says it is in Python.
var pythonNames = regexp.MustCompile(`Python's\s+([A-Za-z_][\w.]*\w)`)

// exportLines are the lines of a function or of a method of Tensor: none, one, or
// those of a generic function's instances.
func exportLines(pkg string, d *ast.FuncDecl, unions map[string][]string) []string {
	if !d.Name.IsExported() {
		return nil
	}
	name := pkg + "." + d.Name.Name
	value := name
	var parameters []string
	if d.Recv != nil {
		star, ok := d.Recv.List[0].Type.(*ast.StarExpr)
		if !ok || fmt.Sprint(star.X) != "Tensor" {
			return nil
		}
		name = pkg + ".Tensor." + d.Name.Name
		value = fmt.Sprintf("(*%s.Tensor).%s", pkg, d.Name.Name)
		parameters = append(parameters, "self")
	}
	for _, field := range d.Type.Params.List {
		for _, n := range field.Names {
			parameters = append(parameters, n.Name)
		}
	}
	var python []string
	for _, m := range pythonNames.FindAllStringSubmatch(d.Doc.Text(), -1) {
		python = append(python, m[1])
	}
	var lines []string
	for _, instance := range instances(d.Type.TypeParams, unions) {
		lines = append(lines, fmt.Sprintf("\t{%q, %s, %q, %q},\n", name+instance, value+instance, strings.Join(parameters, " "), strings.Join(python, " ")))
	}
	return lines
}

// instanceTypes are the type arguments for which the table has a function.
var instanceTypes = map[string]string{
	"bool": "bool", "int64": "int64", "float64": "float64", "complex128": "complex128", "string": "string",
	"*Tensor": "*torch.Tensor", "[]*Tensor": "[]*torch.Tensor", "[]int64": "[]int64", "[]float64": "[]float64",
	"[]complex128": "[]complex128", "[1]int64": "[1]int64", "[2]int64": "[2]int64", "[3]int64": "[3]int64",
}

// instances are the type arguments of a function: "" for one that is not generic.
// Several parameters have the same type here.
func instances(parameters *ast.FieldList, unions map[string][]string) []string {
	if parameters == nil {
		return []string{""}
	}
	if len(parameters.List) != 1 {
		return nil
	}
	var list []string
	for _, t := range terms(types.ExprString(parameters.List[0].Type), unions) {
		if name, ok := instanceTypes[t]; ok {
			list = append(list, "["+strings.Join(slices.Repeat([]string{name}, len(parameters.List[0].Names)), ", ")+"]")
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// terms are the types of a union, and of those in it.
func terms(union string, unions map[string][]string) []string {
	var list []string
	for term := range strings.SplitSeq(union, " | ") {
		term = strings.TrimPrefix(strings.TrimPrefix(term, "~"), "torch.")
		if inner, ok := unions[term]; ok {
			for _, t := range inner {
				list = append(list, terms(t, unions)...)
			}
			continue
		}
		list = append(list, term)
	}
	return list
}

// unionsIn lists the interfaces of a file that are unions.
func unionsIn(file *ast.File, unions map[string][]string) {
	ast.Inspect(file, func(n ast.Node) bool {
		t, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if i, ok := t.Type.(*ast.InterfaceType); ok && len(i.Methods.List) == 1 && len(i.Methods.List[0].Names) == 0 {
			unions[t.Name.Name] = []string{types.ExprString(i.Methods.List[0].Type)}
		}
		return true
	})
}

// typeExports lists types whose values can be options: of basic kinds.
func typeExports(pkg string, d *ast.GenDecl) []string {
	var lines []string
	for _, s := range d.Specs {
		t, ok := s.(*ast.TypeSpec)
		if !ok || !t.Name.IsExported() || t.Assign != token.NoPos || strings.HasSuffix(t.Name.Name, "Arg") {
			continue
		}
		if _, ok := t.Type.(*ast.Ident); ok {
			name := pkg + "." + t.Name.Name
			lines = append(lines, fmt.Sprintf("\t%q: reflect.TypeFor[%s](),\n", name, name))
		}
	}
	return lines
}
