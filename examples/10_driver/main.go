// A database driver of the other side under the database/sql of this one: the rows never were here, the driver is not linked in here, and
// database/sql does not know the difference. Errors keep their identity on the way, and a query ends with its context.
package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	_ "embed"
	"errors"
	"fmt"
	"log"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/examples/internal/target"
	"github.com/rgo-project/rgo/interp"
	"github.com/rgo-project/rgo/netproxy"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

// there is the driver, which runs over there.
//
//go:embed there.go
var there string

func run(ctx context.Context) error {
	c, err := conn.Dial(ctx, target.FromArgs())
	if err != nil {
		return err
	}
	defer c.Close()
	session := interp.On(c)
	if err := session.Execute(ctx, there, interp.Name("there.go")); err != nil {
		return err
	}
	object, err := session.Eval(ctx, "&hostsDriver{}")
	if err != nil {
		return err
	}
	remote, err := netproxy.As[driver.Driver](ctx, object)
	if err != nil {
		return err
	}

	sql.Register("remote", remote)
	db, err := sql.Open("remote", "fleet")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return use(ctx, db)
}

// use is code that has been there before rgo.
func use(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "hosts above ?", 0.5)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		var load float64
		if err := rows.Scan(&name, &load); err != nil {
			return err
		}
		fmt.Println(name, load)
	}
	if err := rows.Err(); err != nil {
		return err
	}

	var name string
	err = db.QueryRowContext(ctx, "hosts above ?", 99.0).Scan(&name, new(float64))
	fmt.Println("nothing above 99:", errors.Is(err, sql.ErrNoRows))

	_, err = db.ExecContext(ctx, "drop everything")
	fmt.Println("refused there:", err)
	return nil
}
