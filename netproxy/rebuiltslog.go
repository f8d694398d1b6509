package netproxy

import (
	"context"
	"log/slog"
	"time"
)

// What a slog.Handler gets crosses as what it says. Where in the source a record was made does not: program counters mean nothing elsewhere.

func init() {
	rebuilds(takeRecord, buildRecord)
	rebuilds(func(v *slog.Value) slogStandIn { return takeSlogValue(*v) },
		func(_ context.Context, s slogStandIn, v *slog.Value) error { *v = s.value(); return nil })
}

type recordStandIn struct {
	Time    time.Time
	Level   slog.Level
	Message string
	Attrs   []slog.Attr
}

func takeRecord(r *slog.Record) recordStandIn {
	s := recordStandIn{Time: r.Time, Level: r.Level, Message: r.Message}
	for a := range r.Attrs {
		s.Attrs = append(s.Attrs, a)
	}
	return s
}

func buildRecord(_ context.Context, s recordStandIn, r *slog.Record) error {
	*r = slog.NewRecord(s.Time, s.Level, s.Message, 0)
	r.AddAttrs(s.Attrs...)
	return nil
}

// slogStandIn is a slog.Value: a group, or something else.
type slogStandIn struct {
	Group []slog.Attr
	Any   any
}

func takeSlogValue(v slog.Value) slogStandIn {
	switch v = v.Resolve(); v.Kind() {
	case slog.KindGroup:
		return slogStandIn{Group: append(make([]slog.Attr, 0, len(v.Group())), v.Group()...)}
	}
	return slogStandIn{Any: v.Any()}
}

func (s slogStandIn) value() slog.Value {
	if s.Group != nil {
		return slog.GroupValue(s.Group...)
	}
	return slog.AnyValue(s.Any)
}
