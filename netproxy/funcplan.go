package netproxy

import (
	"context"
	"reflect"
	"slices"
	"sync"
	"unsafe"
)

// funcPlan is what the type of a func says of how peers call it. It never changes once made.
type funcPlan struct {
	t        reflect.Type // without a receiver
	in       []parameter
	fixed    int // how many of them take one argument each: all but the contexts, and the last of a variadic one
	variadic bool
	fails    bool // the last result is an error
	plain    bool // all arguments are plain data
}

// parameter is what an argument has to become.
type parameter struct {
	*plan
	context bool // it is no argument: the callee gets the context of the call
}

// funcPlans remembers the plans of each type: they are a function of the type.
var funcPlans sync.Map // reflect.Type -> *funcPlan

// funcPlanOf returns how a func is called whose type without a receiver is t.
func funcPlanOf(t reflect.Type) *funcPlan {
	if c, ok := funcPlans.Load(t); ok {
		return c.(*funcPlan)
	}
	c := &funcPlan{t: t, variadic: t.IsVariadic(), fails: t.NumOut() > 0 && t.Out(t.NumOut()-1) == errorType, plain: true}
	for i := range t.NumIn() {
		in := t.In(i)
		switch {
		case c.variadic && i == t.NumIn()-1:
			c.in = append(c.in, parameter{plan: planOf(in.Elem())})
		case in == contextType:
			c.in = append(c.in, parameter{context: true})
			continue
		default:
			c.in = append(c.in, parameter{plan: planOf(in)})
			c.fixed++
		}
		c.plain = c.plain && isPlain(in)
	}
	kept, _ := funcPlans.LoadOrStore(t, c)
	return kept.(*funcPlan)
}

// isPlain says whether values are plain data.
func (p *plan) isPlain() bool {
	is := p.plain.Load()
	if is == 0 {
		if is = -1; isPlain(p.typ) {
			is = 1
		}
		p.plain.Store(is)
	}
	return is > 0
}

// isPlain says whether values of type t are nothing but numbers, texts and times: what was made of them has no tie to the message that they came in. Those
// above t, which it may contain again, are in seen.
func isPlain(t reflect.Type, seen ...reflect.Type) bool {
	p := planOf(t)
	if p.special || slices.Contains(seen, t) {
		return !p.special
	}
	seen = append(seen, t)
	switch p.class {
	case classBool, classInt, classUint, classFloat, classComplex, classString, classBytes, classTime:
		return true
	case classSlice, classArray:
		return isPlain(t.Elem(), seen...)
	case classMap:
		return isPlain(t.Key(), seen...) && isPlain(t.Elem(), seen...)
	case classStruct:
		return !slices.ContainsFunc(p.fields, func(f *field) bool { return !isPlain(f.typ, seen...) })
	}
	return false
}

// ownFunc is a func that peers call.
type ownFunc struct {
	*funcPlan
	f reflect.Value // it takes the receiver first, if there is one

	direct *direct        // of a method that can be called so; may be nil
	at     unsafe.Pointer // where the method is, for that
}

// called calls the func, a member of o that goes by that name. The error of a callee is the last result that it has returned; the others are returned with it.
func (c *ownFunc) called(ctx context.Context, o *object, name string, receiver reflect.Value, args arguments) ([]reflect.Value, error) {
	var few [4]reflect.Value
	in := few[:0]
	own := receiver.IsValid()
	if own {
		in = append(in, receiver)
	}
	in, err := c.parameters(ctx, name, args, in)
	if err != nil {
		return nil, err
	}
	if r, ok := args.(received); ok {
		r.d.untied = c.plain
		if r.d.loan != nil {
			r.d.loan.watch()
		}
	}
	out := c.f.Call(in)
	if !own { // a facet's methods are looked up
		out = narrowed(o, out)
	}
	if c.fails {
		n := len(out) - 1
		err, _ := out[n].Interface().(error)
		return out[:n], err
	}
	return out, nil
}

// parameters makes the arguments of a call fit, and appends them to in. Parameters that are a context.Context get the call's own and are not counted.
func (c *funcPlan) parameters(ctx context.Context, name string, args arguments, in []reflect.Value) ([]reflect.Value, error) {
	n := args.len()
	if n < c.fixed || n > c.fixed && !c.variadic {
		return nil, c.miscounted(name, n)
	}
	given := 0
	for i := 0; i < len(c.in) || given < n; i++ {
		p := c.in[min(i, len(c.in)-1)]
		if p.context {
			in = append(in, handed(ctx))
			continue
		}
		if given == n { // what is left is variadic, or behind it
			break
		}
		given++
		x, err := args.next(p.plan)
		if err != nil {
			return nil, within(err, "argument %d of %s, a %s", given, name, c.t)
		}
		in = append(in, x)
	}
	return in, nil
}

func (c *funcPlan) miscounted(name string, n int) error {
	least := ""
	if c.variadic {
		least = "at least "
	}
	return fail(ErrArgument, "%s takes %s%s, not %d: it is a %s", name, least, plural(c.fixed, "argument"), n, c.t)
}
