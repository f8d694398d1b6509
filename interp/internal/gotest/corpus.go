package gotest

import (
	"bufio"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// readCorpus reads the seeds of a fuzz target that lie in files.
func readCorpus(dir string, want []reflect.Type) ([]entry, error) {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading seed corpus from testdata: %w", err)
	}
	var seeds []entry
	for _, f := range list {
		if f.IsDir() {
			continue
		}
		name := filepath.Join(dir, f.Name())
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("failed to read corpus file: %w", err)
		}
		values, err := decodeCorpus(string(text))
		if err == nil {
			err = checkCorpus(values, want)
		}
		if err != nil {
			return nil, fmt.Errorf("%q: %w", name, err)
		}
		seeds = append(seeds, entry{Path: name, Values: values})
	}
	return seeds, nil
}

// checkCorpus checks that values are of the types that a fuzz target takes.
func checkCorpus(values []any, want []reflect.Type) error {
	if len(values) != len(want) {
		return fmt.Errorf("wrong number of values in corpus entry: %d, want %d", len(values), len(want))
	}
	have := make([]reflect.Type, len(values))
	for i, v := range values {
		have[i] = reflect.TypeOf(v)
	}
	if !slices.Equal(have, want) {
		return fmt.Errorf("mismatched types in corpus entry: %v, want %v", have, want)
	}
	return nil
}

// decodeCorpus reads a file of the form that go test writes: a line that names the version, and a conversion on each line after it.
func decodeCorpus(text string) ([]any, error) {
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	if !lines.Scan() || strings.TrimSpace(lines.Text()) != "go test fuzz v1" {
		return nil, errors.New("unmarshal: not a corpus file of version 1")
	}
	var values []any
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		v, err := decodeValue(line)
		if err != nil {
			return nil, fmt.Errorf("unmarshal: malformed line %q: %w", line, err)
		}
		values = append(values, v)
	}
	return values, lines.Err()
}

// corpusTypes are the types that the arguments of fuzz targets can have, but for []byte.
var corpusTypes = map[string]reflect.Type{
	"string": reflect.TypeFor[string](), "bool": reflect.TypeFor[bool](), "byte": reflect.TypeFor[byte](), "rune": reflect.TypeFor[rune](),
	"int": reflect.TypeFor[int](), "int8": reflect.TypeFor[int8](), "int16": reflect.TypeFor[int16](), "int32": reflect.TypeFor[int32](), "int64": reflect.TypeFor[int64](),
	"uint": reflect.TypeFor[uint](), "uint8": reflect.TypeFor[uint8](), "uint16": reflect.TypeFor[uint16](), "uint32": reflect.TypeFor[uint32](), "uint64": reflect.TypeFor[uint64](),
	"float32": reflect.TypeFor[float32](), "float64": reflect.TypeFor[float64](),
}

// decodeValue evaluates a conversion.
func decodeValue(line string) (any, error) {
	expr, err := parser.ParseExpr(line)
	if err != nil {
		return nil, err
	}
	call, ok := expr.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return nil, errors.New("expected a conversion of one value")
	}
	name, arg := types.ExprString(call.Fun), types.ExprString(call.Args[0])
	switch name {
	case "[]byte":
		s, err := evaluate("string(" + arg + ")")
		if err != nil {
			return nil, err
		}
		return []byte(constant.StringVal(s)), nil
	case "math.Float64frombits", "math.Float32frombits":
		return fromBits(name, arg)
	}
	t, ok := corpusTypes[name]
	if !ok {
		return nil, fmt.Errorf("%s is not a type that fuzz targets take", name)
	}
	if f, special := map[string]float64{"NaN": math.NaN(), "+Inf": math.Inf(1), "-Inf": math.Inf(-1)}[arg]; special && name[0] == 'f' {
		return reflect.ValueOf(f).Convert(t).Interface(), nil
	}
	c, err := evaluate(line)
	if err != nil {
		return nil, err
	}
	return constantOf(c, t), nil
}

// fromBits makes the numbers that have no other notation.
func fromBits(name, arg string) (any, error) {
	c, err := evaluate("uint64(" + arg + ")")
	if err != nil {
		return nil, err
	}
	bits, _ := constant.Uint64Val(c)
	if name == "math.Float32frombits" {
		return math.Float32frombits(uint32(bits)), nil
	}
	return math.Float64frombits(bits), nil
}

// evaluate returns the value of a constant expression.
func evaluate(expr string) (constant.Value, error) {
	tv, err := types.Eval(token.NewFileSet(), nil, token.NoPos, expr)
	if err != nil {
		return nil, err
	}
	if tv.Value == nil {
		return nil, errors.New("not a constant")
	}
	return tv.Value, nil
}

// constantOf makes a value of type t, which the constant is known to fit.
func constantOf(c constant.Value, t reflect.Type) any {
	v := reflect.New(t).Elem()
	switch {
	case v.CanInt():
		n, _ := constant.Int64Val(constant.ToInt(c))
		v.SetInt(n)
	case v.CanUint():
		n, _ := constant.Uint64Val(constant.ToInt(c))
		v.SetUint(n)
	case v.CanFloat():
		f, _ := constant.Float64Val(c)
		v.SetFloat(f)
	case t.Kind() == reflect.Bool:
		v.SetBool(constant.BoolVal(c))
	default:
		v.SetString(constant.StringVal(c))
	}
	return v.Interface()
}
