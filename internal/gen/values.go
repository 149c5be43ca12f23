package main

import (
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The functions here write the expressions by which a Go value becomes an
// argument of an operator.

// taken are names that generated functions use, and that a parameter must not
// hide.
var takenLocals = strings.Fields(`
	any append bool cap clear close complex copy delete error float64 imag int int64 len make max min new nil panic print
	real recover string true false o opts t into some scalar frame optional spread given missing isTensor isNumber from`)

// localName spells a Python argument's name as a Go variable.
func localName(python string) string {
	name := parameter(python)
	if slices.Contains(takenLocals, name) || token.IsKeyword(name) {
		return name + "_"
	}
	return name
}

// converters names, for a value of type any, the function that makes an
// argument of a schema type of it. They are in torch/arguments.go.
var converters = map[string]string{
	"Scalar": "toScalar", "Scalar?": "optionalScalar", "int": "toInt", "float": "toFloat", "float?": "optionalFloat",
	"bool": "toBool", "bool?": "optionalBool", "str": "toText", "int[]": "toInts", "int[]?": "toInts",
	"Operand": "toOperand", "Tensor": "toTensor", "Tensor?": "toTensor", "Tensor[]": "toTensors",
	"Scalar[]": "toScalars", "float[]": "toFloats", "float[]?": "toFloats",
}

// convert is the expression for a value of a Go type as an argument of a schema
// type.
func convert(goType, schemaType, value, python string) (string, error) {
	kind := plain(schemaType)
	native, err := argumentType(schemaType)
	if err != nil {
		return "", err
	}
	result := ""
	switch {
	case goType == "any":
		if converters[kind] == "" {
			return "", fmt.Errorf("%s: any cannot become %s", python, kind)
		}
		result = fmt.Sprintf("%s(%s, %q)", converters[kind], value, python)
	case goType == "[]int64" && (kind == "int" || kind == "int?"):
		result = fmt.Sprintf("oneInt(%s, %q)", value, python)
		if kind == "int?" {
			result = "some(" + result + ")"
		}
	case goType == native.name:
		result = value
	case native.name == "optional["+goType+"]":
		result = "some(" + value + ")"
	case kind == "int":
		result = "int64(" + value + ")" // an enumeration
	default:
		return "", fmt.Errorf("%s: %s cannot become %s", python, goType, kind)
	}
	if n := listSize(schemaType); n > 1 && native.name == "[]int64" {
		result = fmt.Sprintf("spread(%s, %d)", result, n)
	}
	return result, nil
}

var fixedLength = regexp.MustCompile(`\[(\d+)\]`)

// listSize is the length that a list must have, or 0.
func listSize(schemaType string) int {
	m := fixedLength.FindStringSubmatch(schemaType)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// constants are the names that defaults have in schemas.
var constants = map[string]string{"Mean": "1", "long": "Int64", "contiguous_format": "ContiguousFormat"}

// defaultValue is the Go expression for a default of a schema type, or "" for
// the zero value.
func defaultValue(schemaType, value string) (string, error) {
	if value == "None" || value == "" {
		return "", nil
	}
	if c, ok := constants[value]; ok {
		value = c
	}
	kind, optional := strings.CutSuffix(plain(schemaType), "?")
	result := ""
	switch kind {
	case "bool":
		result = strings.ToLower(value)
	case "int":
		result = "int64(" + value + ")"
	case "float":
		result = "float64(" + value + ")"
	case "Scalar":
		if strings.ContainsAny(value, ".e") {
			result = "floatScalar(" + value + ")"
		} else {
			result = "intScalar(" + value + ")"
		}
	case "str":
		result = strconv.Quote(strings.Trim(value, `'"`))
	case "ScalarType", "MemoryFormat":
		return value, nil
	case "int[]", "Tensor[]":
		return listDefault(kind, schemaType, value, optional), nil
	default:
		return "", fmt.Errorf("no default of type %s: %s", schemaType, value)
	}
	if optional {
		return "some(" + result + ")", nil
	}
	if result == "false" || result == `""` || result == "int64(0)" || result == "float64(0.0)" {
		return "", nil
	}
	return result, nil
}

func listDefault(kind, schemaType, value string, optional bool) string {
	if value == "[]" {
		if !optional || kind == "Tensor[]" {
			return ""
		}
		return "[]int64{}"
	}
	if strings.HasPrefix(value, "[") {
		return "[]int64{" + strings.ReplaceAll(strings.Trim(value, "[]"), ",", ", ") + "}"
	}
	n := max(1, listSize(schemaType))
	return "[]int64{" + strings.TrimSuffix(strings.Repeat(value+", ", n), ", ") + "}"
}
