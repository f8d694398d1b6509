package netproxy

import (
	"context"
	"errors"
	"reflect"
	"strings"
)

// Bind fills the fields of the struct that api points to, which are funcs, with the members of p of the same names: see Func. The fields of embedded
// structs count. It costs one round trip, and changes nothing unless all of them fit.
//
//	var disk struct {
//		Open func(name string) (fs.File, error)
//		List func(ctx context.Context, name string) ([]fs.DirEntry, error) `rgo:"ReadDir"` // has another name there
//		Trim func() error                                                  `rgo:",optional"` // stays nil if there is none
//		note string                                                        `rgo:"-"`         // is left alone
//	}
func Bind(ctx context.Context, p *Proxy, api any) error {
	v := reflect.ValueOf(api)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return fail(ErrArgument, "Bind wants a pointer to a struct of funcs, not a %T", api)
	}
	v = v.Elem()
	fields, err := boundFields(v.Type(), nil)
	if err != nil {
		return err
	}
	members := make([]*Proxy, len(fields))
	for i, f := range fields {
		members[i] = p.begin(ctx, opGet, f.name, 0, nil)
	}
	funcs := make([]reflect.Value, len(fields))
	var errs []error
	for i, f := range fields {
		funcs[i] = reflect.New(f.typ).Elem()
		err := members[i].valueInto(ctx, funcs[i])
		if f.optional && errors.Is(err, ErrMember) {
			err = nil
		}
		errs = append(errs, within(err, "%s", f.name))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for i, f := range fields {
		v.FieldByIndex(f.index).Set(funcs[i])
	}
	return nil
}

// boundField is a field that Bind fills.
type boundField struct {
	index    []int
	typ      reflect.Type
	name     string // of the member
	optional bool
}

// boundFields lists the fields of a struct that Bind fills; at is where the struct is.
func boundFields(t reflect.Type, at []int) ([]boundField, error) {
	var list []boundField
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(at[:len(at):len(at)], i)
		name, option, _ := strings.Cut(f.Tag.Get("rgo"), ",")
		switch {
		case name == "-":
			continue
		case option != "" && option != "optional":
			return nil, fail(ErrArgument, "%s.%s has a tag with %q: there is only %q", t, f.Name, option, "optional")
		case f.Anonymous && f.Type.Kind() == reflect.Struct:
			inner, err := boundFields(f.Type, index)
			if err != nil {
				return nil, err
			}
			list = append(list, inner...)
			continue
		case f.Type.Kind() != reflect.Func || !f.IsExported():
			return nil, fail(ErrArgument, "%s.%s is no exported field of a func type (the tag rgo:\"-\" leaves it alone)", t, f.Name)
		}
		if name == "" {
			name = f.Name
		}
		list = append(list, boundField{index, f.Type, name, option == "optional"})
	}
	return list, nil
}
