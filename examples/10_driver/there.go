//go:build ignore

// What the other side runs: a driver for a database of three hosts, which knows one query.
package main

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io"
)

type hostsDriver struct{}

func (*hostsDriver) Open(name string) (driver.Conn, error) {
	if name != "fleet" {
		return nil, fmt.Errorf("no database %q", name)
	}
	return &hostsConn{}, nil
}

type hostsConn struct{}

func (*hostsConn) Prepare(query string) (driver.Stmt, error) {
	if query != "hosts above ?" {
		return nil, fmt.Errorf("syntax error in %q", query)
	}
	return &aboveStmt{}, nil
}

func (*hostsConn) Close() error { return nil }

func (*hostsConn) Begin() (driver.Tx, error) { return nil, driver.ErrSkip }

type aboveStmt struct{}

func (*aboveStmt) Close() error { return nil }

func (*aboveStmt) NumInput() int { return 1 }

func (*aboveStmt) Exec([]driver.Value) (driver.Result, error) { return driver.ResultNoRows, nil }

func (*aboveStmt) Query(args []driver.Value) (driver.Rows, error) {
	return query(args[0])
}

// QueryContext is one of the optional methods of a statement, which database/sql asks for.
func (*aboveStmt) QueryContext(_ context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return query(args[0].Value)
}

func query(limit driver.Value) (driver.Rows, error) {
	above, ok := limit.(float64)
	if !ok {
		return nil, fmt.Errorf("a load is a float64, not a %T", limit)
	}
	return &hostRows{above: above}, nil
}

type hostRows struct {
	above float64
	next  int
}

func (*hostRows) Columns() []string { return []string{"name", "load"} }

func (*hostRows) Close() error { return nil }

// Next writes the next row into what it is given.
func (r *hostRows) Next(row []driver.Value) error {
	for r.next < len(hosts) {
		host := hosts[r.next]
		r.next++
		if host.load > r.above {
			row[0], row[1] = host.name, host.load
			return nil
		}
	}
	return io.EOF
}

var hosts = []struct {
	name string
	load float64
}{{"web1", 0.1}, {"web2", 0.7}, {"db", 2}}
