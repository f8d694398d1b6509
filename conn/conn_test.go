package conn

import (
	"context"
	"testing"
)

func TestEchoSmoke(t *testing.T) {
	echo := HandlerFunc(func(ctx context.Context, in *Inbound) Reply { return Reply{Body: in.Body} })
	a, b := Pipe(Config{}, Config{Bind: func(*Conn) Handler { return echo }})
	ret, err := a.Call(context.Background(), &Request{Name: "x", Body: Message{Data: []byte("hello")}})
	if err != nil || string(ret.Body.Data) != "hello" {
		t.Fatal(ret, err)
	}
	ret, err = a.Call(context.Background(), &Request{Name: "x", Body: Message{Data: make([]byte, 1<<20)}})
	if err != nil || len(ret.Body.Data) != 1<<20 {
		t.Fatal(ret, err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := a.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := b.Wait(); err != nil {
		t.Fatal(err)
	}
}
