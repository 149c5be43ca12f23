package main

import (
	"bytes"
	"fmt"
	"go/format"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// A goType says how a schema type looks in Go and how it enters a frame.
type goType struct {
	name string
	put  string // statement, with VALUE and NAME, a string, for the argument's
	keep bool   // the value must stay reachable during the call
}

func (t goType) putStatement(value, argument string) string {
	return strings.NewReplacer("VALUE", value, "NAME", fmt.Sprintf("%q", argument)).Replace(t.put)
}

// argumentTypes maps schema types, less the length of a list: int[2] is int[].
var argumentTypes = map[string]goType{
	"Tensor":        {"*Tensor", "f.putTensor(VALUE, NAME)", true},
	"Operand":       {"operand", "f.putOperand(VALUE, NAME)", true},
	"Tensor?":       {"*Tensor", "f.putOptionalTensor(VALUE, NAME)", true},
	"Tensor[]":      {"[]*Tensor", "f.putTensors(VALUE, NAME)", true},
	"Tensor?[]":     {"[]*Tensor", "f.putOptionalTensors(VALUE, NAME)", true},
	"Scalar":        {"scalar", "f.putScalar(VALUE)", false},
	"Scalar?":       {"optional[scalar]", "f.putOptionalScalar(VALUE)", false},
	"Scalar[]":      {"[]scalar", "f.putScalars(VALUE)", false},
	"int":           {"int64", "f.PutInt(VALUE)", false},
	"int?":          {"optional[int64]", "f.putOptionalInt(VALUE)", false},
	"int[]":         {"[]int64", "f.PutInts(VALUE)", false},
	"int[]?":        {"[]int64", "f.putOptionalInts(VALUE)", false},
	"float":         {"float64", "f.PutFloat(VALUE)", false},
	"float?":        {"optional[float64]", "f.putOptionalFloat(VALUE)", false},
	"float[]":       {"[]float64", "f.PutFloats(VALUE)", false},
	"float[]?":      {"[]float64", "f.putOptionalFloats(VALUE)", false},
	"bool":          {"bool", "f.PutBool(VALUE)", false},
	"bool?":         {"optional[bool]", "f.putOptionalBool(VALUE)", false},
	"str":           {"string", "f.PutString(VALUE)", false},
	"str?":          {"optional[string]", "f.putOptionalString(VALUE)", false},
	"ScalarType":    {"DType", "f.putDType(VALUE, NAME)", false},
	"ScalarType?":   {"DType", "f.putOptionalDType(VALUE)", false},
	"Layout":        {"Layout", "f.putLayout(VALUE, NAME)", false},
	"Layout?":       {"Layout", "f.putOptionalLayout(VALUE)", false},
	"MemoryFormat":  {"MemoryFormat", "f.putMemoryFormat(VALUE, NAME)", false},
	"MemoryFormat?": {"MemoryFormat", "f.putOptionalMemoryFormat(VALUE)", false},
	"Device":        {"Device", "f.putDevice(VALUE, NAME)", false},
	"Device?":       {"Device", "f.putOptionalDevice(VALUE)", false},
	"DeviceIndex":   {"int64", "f.PutInt(VALUE)", false},
	"Generator?":    {"*Generator", "f.putOptionalGenerator(VALUE)", true},
	"Storage":       {"storage", "f.Put(VALUE.handle)", false},
	"Stream":        {"Stream", "f.putStream(VALUE)", false},
}

// resultTypes maps schema types to the Go type and the expression for the next
// result.
var resultTypes = map[string][2]string{
	"Tensor":     {"*Tensor", "f.takeTensor()"},
	"Tensor[]":   {"[]*Tensor", "f.takeTensors()"},
	"Scalar":     {"scalar", "f.takeScalar()"},
	"int":        {"int64", "f.TakeInt()"},
	"float":      {"float64", "f.TakeFloat()"},
	"bool":       {"bool", "f.TakeBool()"},
	"ScalarType": {"DType", "f.takeDType()"},
	"QScheme":    {"int64", "f.TakeInt()"},
}

var symbolic = strings.NewReplacer("SymInt", "int", "SymBool", "bool")

var listLength = regexp.MustCompile(`\[\d+\]`)

// plain removes what makes no difference here: symbolic sizes, list lengths.
func plain(schemaType string) string {
	return listLength.ReplaceAllString(symbolic.Replace(schemaType), "[]")
}

func argumentType(schemaType string) (goType, error) {
	var n int
	if _, err := fmt.Sscanf(schemaType, "bool[%d]", &n); err == nil {
		return goType{fmt.Sprintf("[%d]bool", n), "f.putBools(VALUE[:])", false}, nil
	}
	t, ok := argumentTypes[plain(schemaType)]
	if !ok {
		return t, fmt.Errorf("no Go type for an argument of type %s", schemaType)
	}
	return t, nil
}

// goName spells an operator's name: add_.Tensor is opAdd_Tensor. Underscores
// at either end of a part stay, so that all names differ.
func goName(schema string) string {
	name, _, _ := strings.Cut(schema, "(")
	base, overload, _ := strings.Cut(name, ".")
	return "op" + camel(base) + camel(overload)
}

func camel(name string) string {
	core := strings.Trim(name, "_")
	var b strings.Builder
	for part := range strings.SplitSeq(core, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	before, after, _ := strings.Cut(name, core)
	return before + b.String() + after
}

// parameter spells an argument's name so that it is no keyword and hides
// nothing that the function needs.
func parameter(name string) string {
	if token.IsKeyword(name) || name == "f" {
		return name + "_"
	}
	first, rest, _ := strings.Cut(name, "_")
	return first + camel(rest)
}

// shard names the file of an operator, so that none is too long to read: large
// families have one each, the others go by letter.
func shard(op *Operator) string {
	name := strings.Trim(op.Struct, "_")
	for _, family := range []string{"foreach", "fft", "linalg", "special", "cudnn", "miopen", "mkldnn", "sparse", "slow", "sym", "upsample"} {
		if strings.HasPrefix(name, family) {
			return family
		}
	}
	return strings.ToLower(name[:1])
}

// writeGo writes a typed function for each operator, and the table by which
// they are called.
func writeGo(operators []*Operator) error {
	shards := map[string]*bytes.Buffer{}
	names := map[string]string{}
	for _, op := range operators {
		name := goName(op.Schema)
		if other, taken := names[name]; taken {
			return fmt.Errorf("%s and %s would both be %s", op.Struct, other, name)
		}
		names[name] = op.Struct
		file := "torch/ops_" + shard(op) + "_gen.go"
		if shards[file] == nil {
			shards[file] = bytes.NewBufferString(goHeader + "package torch\n\nimport \"runtime\"\n\n")
		}
		if err := writeFunction(shards[file], name, op); err != nil {
			return fmt.Errorf("%s: %w", op.Schema, err)
		}
	}
	shards["torch/ops_table_gen.go"] = goTable(operators)
	for file, b := range shards {
		if err := writeFormatted(file, b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

const goHeader = "// Code generated by internal/gen. DO NOT EDIT.\n\n"

func goTable(operators []*Operator) *bytes.Buffer {
	b := bytes.NewBufferString(goHeader)
	b.WriteString("package torch\n\nimport \"github.com/wangkuiyi/gotorch/csrc\"\n\n")
	b.WriteString("// operators is the table of ATen's operators, in the order of libgotorch's.\n")
	fmt.Fprintf(b, "var operators = [...]csrc.Function{\n")
	for _, op := range operators {
		fmt.Fprintf(b, "{Index: %d, Schema: %q},\n", op.Index, op.Schema)
	}
	b.WriteString("}\n")
	return b
}

func writeFunction(b *bytes.Buffer, name string, op *Operator) error {
	var parameters, puts, keeps []string
	for _, a := range op.Arguments {
		t, err := argumentType(a.Type)
		if err != nil {
			return err
		}
		p := parameter(a.Name)
		parameters = append(parameters, p+" "+t.name)
		puts = append(puts, t.putStatement(p, a.Name))
		if t.keep {
			keeps = append(keeps, p)
		}
	}
	var types, takes []string
	for _, r := range op.Returns {
		if r.Argument {
			continue // the caller has it
		}
		t, ok := resultTypes[plain(r.Type)]
		if !ok {
			return fmt.Errorf("no Go type for a result of type %s", r.Type)
		}
		types = append(types, t[0])
		takes = append(takes, t[1])
	}
	fmt.Fprintf(b, "// %s calls aten::%s.\n", name, op.Schema)
	fmt.Fprintf(b, "func %s(%s) (%s) {\nvar f frame\n", name, strings.Join(parameters, ", "), strings.Join(types, ", "))
	for _, put := range puts {
		fmt.Fprintf(b, "%s\n", put)
	}
	fmt.Fprintf(b, "f.call(&operators[%d])\n", op.Index)
	for _, k := range keeps {
		fmt.Fprintf(b, "runtime.KeepAlive(%s)\n", k)
	}
	if len(takes) > 0 {
		fmt.Fprintf(b, "return %s\n", strings.Join(takes, ", "))
	}
	b.WriteString("}\n\n")
	return nil
}

func writeFormatted(file string, source []byte) error {
	if !bytes.Contains(source, []byte("runtime.KeepAlive")) {
		source = bytes.Replace(source, []byte("import \"runtime\"\n\n"), nil, 1)
	}
	formatted, err := format.Source(source)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	return os.WriteFile(file, formatted, 0o666)
}
