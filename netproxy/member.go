package netproxy

import (
	"reflect"
	"slices"
	"strings"
)

// Namespace is an object whose members are not its fields and methods, such as a package. Variables are returned addressable, so that they
// can be set.
type Namespace interface {
	// Lookup finds a member. Its error is for one who asks for a name that is not there.
	Lookup(name string) (reflect.Value, error)
	// Names lists the members.
	Names() []string
}

var namespaceType = reflect.TypeFor[Namespace]()

// member finds a member of v: of a namespace, a method, or a field. A method is an *object, which knows what it is a method of.
func member(o *object, name string) (reflect.Value, error) {
	if o.tuple {
		return reflect.Value{}, fail(ErrMember, "%d results have no members: choose one with Index", len(o.results()))
	}
	if f, ok := o.facet(); ok {
		return f.member(name)
	}
	v := open(o.value())
	if !v.IsValid() {
		return v, fail(ErrMember, "nil has no member %q", name)
	}
	if ns, ok := namespace(v); ok {
		m, err := ns.Lookup(name)
		if err == nil && !m.IsValid() {
			err = noMember(v, name)
		}
		return m, err
	}
	if m := methodValue(v, name); m.IsValid() {
		return m, nil
	}
	f, err := fieldOf(v, name)
	if err == nil && !f.IsValid() {
		err = noMember(v, name)
	}
	return f, err
}

// open looks into interfaces.
func open(v reflect.Value) reflect.Value {
	for v.IsValid() && v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return v
}

func namespace(v reflect.Value) (Namespace, bool) {
	if !v.CanInterface() {
		return nil, false
	}
	// A struct is asked by its type: it is not to be read as a whole, for its fields may be written to.
	if v.Kind() != reflect.Struct || v.Type().Implements(namespaceType) {
		if ns, ok := v.Interface().(Namespace); ok {
			return ns, true
		}
	}
	if v.CanAddr() {
		ns, ok := v.Addr().Interface().(Namespace)
		return ns, ok
	}
	return nil, false
}

// methodValue finds a method of v, or of its address.
func methodValue(v reflect.Value, name string) reflect.Value {
	if m := v.MethodByName(name); m.IsValid() {
		return m
	}
	if v.CanAddr() {
		return v.Addr().MethodByName(name)
	}
	return reflect.Value{}
}

// isMethod says whether member finds a method by that name.
func isMethod(o *object, name string) bool {
	if f, ok := o.facet(); ok {
		return f.isMethod(name)
	}
	v := open(o.value())
	if _, ok := namespace(v); ok {
		return false
	}
	return methodValue(v, name).IsValid()
}

// methodObject is the object that a method value is: the same one whenever it is asked for.
func methodObject(o *object, name string) *object {
	if f, ok := o.facet(); ok {
		m, _ := f.member(name) // which isMethod has found
		return &object{v: m, of: o, name: name}
	}
	v := open(o.value())
	m := v.MethodByName(name)
	of := &object{v: v}
	if !m.IsValid() && v.CanAddr() {
		m, of = v.Addr().MethodByName(name), &object{v: v.Addr()}
	}
	return &object{v: m, of: of, name: name}
}

// fieldOf finds a field of a struct, or of what a pointer points to.
func fieldOf(v reflect.Value, name string) (reflect.Value, error) {
	if v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Struct {
		if v.IsNil() {
			if _, ok := v.Type().Elem().FieldByName(name); ok {
				return reflect.Value{}, fail(ErrMember, "a nil %s has no field %s", v.Type(), name)
			}
			return reflect.Value{}, nil
		}
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return reflect.Value{}, nil
	}
	if v.Type() == recordType { // asked of the type: the struct itself is not to be read, for other fields may be written to
		r := v.Interface().(Record)
		x, ok := r.Field(name)
		if !ok {
			return reflect.Value{}, fail(ErrMember, "%s has no field %s (it is a copy: its type is not known here, and its methods are at the other side)", r.Type, name)
		}
		if x == nil {
			return reflect.Zero(anyType), nil
		}
		return reflect.ValueOf(x), nil
	}
	f, ok := v.Type().FieldByName(name)
	if !ok {
		return reflect.Value{}, nil
	}
	if !f.IsExported() {
		return reflect.Value{}, fail(ErrMember, "%s.%s is not exported", v.Type(), name)
	}
	if withheld(v.Type(), f.Index) {
		return reflect.Value{}, fail(refused(ErrMember), "%s.%s is not for peers: it has the tag `rgo:\"-\"`", v.Type(), name)
	}
	at, err := v.FieldByIndexErr(f.Index)
	if err != nil {
		return at, fail(ErrMember, "%s.%s is in an embedded pointer that is nil", v.Type(), name)
	}
	return at, nil
}

// names lists the members of v.
func names(v reflect.Value) []string {
	v = open(v)
	if !v.IsValid() {
		return nil
	}
	if ns, ok := namespace(v); ok {
		return ns.Names()
	}
	var list []string
	t := v.Type()
	if v.CanAddr() {
		t = reflect.PointerTo(t)
	}
	for i := range t.NumMethod() {
		list = append(list, t.Method(i).Name)
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Struct {
		for _, f := range reflect.VisibleFields(t) {
			if f.IsExported() && !withheld(t, f.Index) {
				list = append(list, f.Name)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func noMember(v reflect.Value, name string) error {
	hint := ""
	if near := nearest(name, names(v)); len(near) > 0 {
		hint = " (is it " + strings.Join(near, " or ") + "?)"
	}
	return fail(ErrMember, "%s has no member %s%s", v.Type(), name, hint)
}

// nearest returns up to three of the names that one may have meant by name.
func nearest(name string, names []string) []string {
	type scored struct {
		name string
		far  int
	}
	var list []scored
	for _, n := range names {
		far := distance(strings.ToLower(name), strings.ToLower(n))
		if far <= (len(name)+2)/3 {
			list = append(list, scored{n, far})
		}
	}
	slices.SortStableFunc(list, func(a, b scored) int { return a.far - b.far })
	var out []string
	for _, s := range list[:min(3, len(list))] {
		out = append(out, s.name)
	}
	return out
}

// distance is the number of letters to insert, remove or replace to make b of a (Levenshtein).
func distance(a, b string) int {
	a, b = a[:min(len(a), 64)], b[:min(len(b), 64)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
