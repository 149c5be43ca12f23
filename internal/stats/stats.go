// Package stats fills structs of numbers from lists, and names the numbers as Python
// does.
package stats

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
)

// Fill sets the integers in the struct that v points to, in their order, and returns
// the numbers that are left. It stops at a map.
func Fill(v any, numbers []int64) []int64 { return fill(reflect.ValueOf(v).Elem(), numbers) }

func fill(v reflect.Value, numbers []int64) []int64 {
	switch v.Kind() {
	case reflect.Int64:
		v.SetInt(numbers[0])
		return numbers[1:]
	case reflect.Struct:
		for i := range v.NumField() {
			numbers = fill(v.Field(i), numbers)
		}
	}
	return numbers
}

// Flat returns the integers in a struct under Python's names: "num_ooms",
// "allocated_bytes.all.current".
func Flat(v any) map[string]int64 {
	flat := map[string]int64{}
	flatten(flat, "", reflect.ValueOf(v))
	return flat
}

func flatten(flat map[string]int64, key string, v reflect.Value) {
	prefix := key
	if key != "" {
		prefix += "."
	}
	switch v.Kind() {
	case reflect.Int64:
		flat[key] = v.Int()
	case reflect.Map:
		for _, k := range v.MapKeys() {
			flatten(flat, prefix+fmt.Sprint(k), v.MapIndex(k))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			flatten(flat, prefix+snakeCase(v.Type().Field(i).Name), v.Field(i))
		}
	}
}

// snakeCase returns a field's name in Python: num_ooms for NumOoms.
func snakeCase(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
