package vm

import (
	"go/constant"
	"go/types"
	"reflect"
	"strconv"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// allocate gives every value of the function its place in the frame. Values that live in one block only share places with those of other blocks.
func (c *compiler) allocate() {
	for _, b := range c.fn.Blocks {
		for _, in := range b.Instrs {
			for i, v := range in.Operands(nil) {
				if *v != nil && !(i == 0 && isCallee(in, *v)) {
					c.operand(*v)
				}
			}
		}
	}
	for _, b := range c.fn.Blocks {
		for _, in := range b.Instrs {
			if phi, ok := in.(*ssa.Phi); ok && len(*phi.Referrers()) > 0 {
				c.slots[phi] = c.plan.add(c.typeOf(phi))
			}
		}
	}
	for _, b := range c.fn.Blocks {
		c.fuseCondition(b)
		c.allocateBlock(b)
	}
}

// isCallee tells whether v is the function that in calls, and so needs no value.
func isCallee(in ssa.Instruction, v ssa.Value) bool {
	call, ok := in.(ssa.CallInstruction)
	if !ok || call.Common().IsInvoke() {
		return false
	}
	_, ok = v.(*ssa.Function)
	return ok && call.Common().Value == v
}

func (c *compiler) allocateBlock(b *ssa.BasicBlock) {
	last := map[ssa.Value]int{} // the last use of values that live in this block only
	for i, in := range b.Instrs {
		for _, v := range in.Operands(nil) {
			if *v != nil && c.local(*v, b) {
				last[*v] = i
			}
		}
	}
	for i, in := range b.Instrs {
		if v, ok := in.(ssa.Value); ok {
			c.result(v, b, i)
		}
		for _, v := range in.Operands(nil) {
			if *v == nil || last[*v] != i {
				continue
			}
			if s, ok := c.slots[*v]; ok && c.local(*v, b) {
				delete(last, *v)
				c.plan.give(s, c.shape(*v))
			}
		}
	}
}

// local tells whether v is made and used in one block only, by instructions that read it at once.
func (c *compiler) local(v ssa.Value, b *ssa.BasicBlock) bool {
	in, ok := v.(ssa.Instruction)
	if !ok || in.Block() != b || c.pinned[v] {
		return false
	}
	switch v := v.(type) {
	case *ssa.Phi, *ssa.Extract, *ssa.Range, *ssa.Next, *ssa.Alloc:
		return false
	default:
		if _, tuple := v.Type().(*types.Tuple); tuple {
			return false
		}
	}
	for _, r := range *v.Referrers() {
		if _, phi := r.(*ssa.Phi); phi || r.Block() != b {
			return false
		}
	}
	return true
}

// result gives the value of an instruction its place.
func (c *compiler) result(v ssa.Value, b *ssa.BasicBlock, i int) {
	if _, done := c.slots[v]; done {
		return
	}
	switch v := v.(type) {
	case *ssa.Phi:
		return
	case *ssa.Extract:
		c.slots[v] = c.element(v)
		return
	case *ssa.Alloc:
		c.slots[v] = c.plan.add(c.typeOf(v))
		return
	}
	if phi := c.updates(v, b, i); phi != nil {
		c.slots[v] = c.slots[phi]
		c.pinned[v] = true
		return
	}
	t := c.shape(v)
	if t == nil {
		return
	}
	c.slots[v] = c.plan.take(t)
}

// updates returns the phi whose next value v is, if v can be made in the phi's own place: v is used by nothing else, and nothing reads the phi after v is made.
func (c *compiler) updates(v ssa.Value, b *ssa.BasicBlock, i int) *ssa.Phi {
	refs := *v.Referrers()
	if len(refs) != 1 || len(b.Succs) != 1 {
		return nil
	}
	phi, ok := refs[0].(*ssa.Phi)
	if !ok || phi.Block() != b.Succs[0] || len(*phi.Referrers()) == 0 {
		return nil
	}
	if _, tuple := v.Type().(*types.Tuple); tuple || c.typeOf(v).Size() > word {
		return nil
	}
	for _, in := range b.Instrs[i+1:] {
		for _, o := range in.Operands(nil) {
			if *o == phi {
				return nil
			}
		}
	}
	pred := predecessor(b, phi.Block(), 0)
	for _, in := range phi.Block().Instrs {
		other, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		if other.Edges[pred] == ssa.Value(phi) || other != phi && other.Edges[pred] == v {
			return nil
		}
	}
	return phi
}

// element is the place of one element of a tuple.
func (c *compiler) element(v *ssa.Extract) slot {
	tuple := c.shape(v.Tuple)
	if _, ok := c.slots[v.Tuple]; !ok {
		c.slots[v.Tuple] = c.plan.add(tuple)
	}
	return c.slots[v.Tuple] + slot(tuple.Field(v.Index).Offset)
}

// shape is the type of v's place; nil if it has none.
func (c *compiler) shape(v ssa.Value) reflect.Type {
	switch v := v.(type) {
	case *ssa.Range:
		return reflect.TypeFor[unsafe.Pointer]()
	case *ssa.Alloc:
		return reflect.TypeFor[unsafe.Pointer]()
	default:
		t, tuple := v.Type().(*types.Tuple)
		switch {
		case !tuple:
			return c.typeOf(v)
		case t.Len() == 0:
			return nil
		}
		return c.tuple(t)
	}
}

// tuple is the struct that several results are laid out as.
func (c *compiler) tuple(t *types.Tuple) reflect.Type {
	fields := make([]reflect.StructField, t.Len())
	for i := range fields {
		typ := reflect.TypeFor[struct{}]()
		if elem := t.At(i).Type(); elem != types.Typ[types.Invalid] {
			typ = c.rtype(elem)
		}
		fields[i] = reflect.StructField{Name: "R" + strconv.Itoa(i), Type: typ}
	}
	return reflect.StructOf(fields)
}

// operand gives a place to an operand that is no instruction: constants, addresses of variables, func values.
func (c *compiler) operand(v ssa.Value) {
	if _, done := c.slots[v]; done {
		return
	}
	switch v := v.(type) {
	case *ssa.Const:
		c.constant(v, c.constValue(v))
	case *ssa.Global:
		c.constant(v, c.u.variable(v).Addr())
	case *ssa.Function:
		if f := c.u.function(v); f != nil {
			p := f.value()
			c.constant(v, reflect.NewAt(f.typ, unsafe.Pointer(&p)).Elem())
		} else if native, ok := c.native(v); ok {
			c.constant(v, native)
		}
	}
}

func (c *compiler) constant(v ssa.Value, value reflect.Value) {
	s := c.plan.add(value.Type())
	c.slots[v] = s
	c.out.constants = append(c.out.constants, literal{s, value})
}

// constValue is a constant as a value of its type.
func (c *compiler) constValue(k *ssa.Const) reflect.Value {
	t := k.Type()
	if b, ok := t.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
		t = types.Default(t)
		if b.Kind() == types.UntypedNil {
			t = types.Typ[types.UnsafePointer]
		}
	}
	v := reflect.New(c.rtype(t)).Elem()
	if k.Value == nil {
		return v
	}
	switch x := constant.ToInt(k.Value); v.Kind() {
	case reflect.Bool:
		v.SetBool(constant.BoolVal(k.Value))
	case reflect.String:
		v.SetString(constant.StringVal(k.Value))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, _ := constant.Int64Val(x)
		v.SetInt(n)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		n, _ := constant.Uint64Val(x)
		v.SetUint(n)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(k.Float64())
	case reflect.Complex64, reflect.Complex128:
		v.SetComplex(k.Complex128())
	case reflect.UnsafePointer:
		n, _ := constant.Uint64Val(x)
		*(*uintptr)(v.Addr().UnsafePointer()) = uintptr(n)
	default:
		c.unsupported(k.Pos(), "a constant of type %v", k.Type())
	}
	return v
}
