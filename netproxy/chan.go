package netproxy

import (
	"context"
	"io"
	"reflect"

	"github.com/rgo-project/rgo/conn"
)

// receiveMany receives from a channel: waits for a value, and takes as many as there are and are wanted. The reply is a page: the values, and whether
// the channel is closed. Arguments: how many values, and in which form.
func (s *Space) receiveMany(ctx context.Context, o *object, args arguments) ([]reflect.Value, error) {
	v, err := s.channelOf(o, opReceive, args, 2)
	if err != nil {
		return nil, err
	}
	most, err := args.next(planOf(reflect.TypeFor[uint16]()))
	if err != nil {
		return nil, err
	}
	how, err := args.next(planOf(reflect.TypeFor[conn.Want]()))
	if err != nil {
		return nil, err
	}
	p := s.newPage()
	got, err := channel(ctx, v, opRecv, nil)
	for closed := false; ; {
		if err == io.EOF { //nolint:errorlint // our own, for closed
			closed, err = true, nil
		} else if err == nil {
			err = p.add(got[0], conn.Want(how.Uint())&3)
		}
		if err != nil {
			return nil, err
		}
		if !closed && !p.full(min(int(most.Uint()), pageItems)) {
			x, ok := v.TryRecv()
			if ok {
				got = []reflect.Value{x}
				continue
			} else if x.IsValid() {
				err = io.EOF
				continue
			}
		}
		if err := p.add(reflect.ValueOf(closed), wantAuto); err != nil {
			return nil, err
		}
		return p.results(), nil
	}
}

// postMany sends values on a channel, one after the other, and returns how many it has sent.
func (s *Space) postMany(ctx context.Context, o *object, args arguments) ([]reflect.Value, error) {
	v, err := s.channelOf(o, opPost, args, args.len())
	if err != nil {
		return nil, err
	}
	done := reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())}
	d, ours := args.(received)
	for i := range args.len() {
		if ours {
			d.d.shared = nil // see page.add
		}
		x, err := args.next(planOf(v.Type().Elem()))
		if err != nil {
			return []reflect.Value{reflect.ValueOf(i)}, within(err, "value %d", i+1)
		}
		if v.TrySend(x) {
			continue
		}
		if which, _, _ := reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectSend, Chan: v, Send: x}, done}); which == 1 {
			return []reflect.Value{reflect.ValueOf(i)}, context.Cause(ctx)
		}
	}
	return []reflect.Value{reflect.ValueOf(args.len())}, nil
}

// channelOf is the channel that an operation is carried out on.
func (s *Space) channelOf(o *object, op conn.Op, args arguments, n int) (reflect.Value, error) {
	if err := count(op, args, n); err != nil {
		return reflect.Value{}, err
	}
	if o.tuple {
		return reflect.Value{}, fail(ErrUnsupported, "%d results are no channel: choose one with Index", len(o.results()))
	}
	v := open(o.value())
	need := reflect.RecvDir
	if op == opPost {
		need = reflect.SendDir
	}
	if !v.IsValid() || v.Kind() != reflect.Chan || v.Type().ChanDir()&need == 0 {
		what := "nil"
		if v.IsValid() {
			what = v.Type().String()
		}
		return v, fail(ErrUnsupported, "%s does not go with a %s", opName(op), what)
	}
	return v, nil
}
