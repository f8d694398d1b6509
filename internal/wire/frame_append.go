package wire

func appendKind(b []byte, n int, kind FrameKind) []byte {
	return AppendUint(AppendArray(b, n), uint64(kind))
}

func (c *Call) appendTo(b []byte) []byte {
	b = appendKind(b, callFields, FrameCall)
	b = AppendUint(b, c.ID)
	b = AppendInt(b, c.Target)
	b = AppendUint(b, uint64(c.Op))
	b = AppendText(b, c.Name)
	b = AppendUint(b, uint64(c.Want))
	b = AppendUint(b, c.Lane)
	b = AppendUint(b, c.Parent)
	b = AppendInt(b, int64(c.Timeout))
	b = AppendUint(b, c.Flags)
	b = appendRefs(b, c.Refs)
	return c.Body.appendTo(b)
}

func (t *Return) appendTo(b []byte) []byte {
	b = appendKind(b, returnFields, FrameReturn)
	b = AppendUint(b, t.ID)
	status := uint64(t.Status)
	if t.Held {
		status |= statusHeld
	}
	b = AppendUint(b, status)
	b = appendRefs(b, t.Refs)
	return t.Body.appendTo(b)
}

func (f *Finish) appendTo(b []byte) []byte {
	if f.What == 0 && len(f.Cause) == 0 {
		b = appendKind(b, 3, FrameFinish)
		b = AppendUint(b, f.ID)
		return AppendText(b, f.Reason)
	}
	b = appendKind(b, 5, FrameFinish)
	b = AppendUint(b, f.ID)
	b = AppendText(b, f.Reason)
	b = AppendUint(b, f.What)
	return AppendBytes(b, f.Cause)
}

func (l *Release) appendTo(b []byte) []byte {
	b = appendKind(b, 2, FrameRelease)
	b = AppendArray(b, 2*len(l.Counts))
	for _, c := range l.Counts {
		b = AppendUint(b, c.ID)
		b = AppendUint(b, c.N)
	}
	return b
}

func (g *GoAway) appendTo(b []byte) []byte {
	b = appendKind(b, 3, FrameGoAway)
	b = AppendUint(b, g.Last)
	return AppendText(b, g.Reason)
}

func (a *Abort) appendTo(b []byte) []byte {
	b = appendKind(b, 3, FrameAbort)
	b = AppendUint(b, uint64(a.Code))
	return AppendText(b, a.Reason)
}

func (u *Unimplemented) appendTo(b []byte) []byte {
	b = appendKind(b, 2, FrameUnimplemented)
	return AppendUint(b, uint64(u.Kind))
}

func (t *Reset) appendTo(b []byte) []byte {
	b = appendKind(b, 4, FrameReset)
	b = AppendUint(b, uint64(t.Stream))
	b = AppendUint(b, uint64(t.Code))
	return AppendText(b, t.Reason)
}

func (u *Unheld) appendTo(b []byte) []byte {
	b = appendKind(b, 2, FrameUnheld)
	b = AppendArray(b, len(u.Calls))
	for _, id := range u.Calls {
		b = AppendUint(b, id)
	}
	return b
}

func (p *Ping) appendTo(b []byte) []byte {
	b = appendKind(b, 2, FramePing)
	if p.Answer {
		return AppendUint(b, 1)
	}
	return AppendUint(b, 0)
}

func (u *Unknown) appendTo(b []byte) []byte { return appendKind(b, 1, u.Kind) }

func (c *Call) tail() []byte        { return c.Body.tail() }
func (t *Return) tail() []byte      { return t.Body.tail() }
func (*Finish) tail() []byte        { return nil }
func (*Release) tail() []byte       { return nil }
func (*GoAway) tail() []byte        { return nil }
func (*Abort) tail() []byte         { return nil }
func (*Unimplemented) tail() []byte { return nil }
func (*Reset) tail() []byte         { return nil }
func (*Unheld) tail() []byte        { return nil }
func (*Ping) tail() []byte          { return nil }
func (*Unknown) tail() []byte       { return nil }

func (y *Body) tail() []byte {
	if y.Number == 0 {
		return y.Inline
	}
	return nil
}

func appendRefs(b []byte, refs []Ref) []byte {
	b = AppendArray(b, len(refs))
	for _, ref := range refs {
		b = AppendArray(b, 2)
		b = AppendUint(b, uint64(ref.Kind))
		b = AppendUint(b, ref.ID)
	}
	return b
}

func (y *Body) appendTo(b []byte) []byte {
	if y.Number == 0 {
		return appendHead(b, majorBytes, uint64(len(y.Inline)))
	}
	b = AppendArray(b, 2)
	b = AppendUint(b, y.Number)
	return AppendUint(b, y.Length)
}
