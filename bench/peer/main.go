// Command peer is rgo as one of several systems that a benchmark compares. It speaks the protocol of such a benchmark's children:
//
//	peer server [tls]            listens on loopback, prints READY PORT, ends with its standard input
//	peer client PORT WORKLOAD N  connects, prints READY client (or SKIP); for each line that it reads, a number of seconds, it measures
//	                             about that long, and prints one line of JSON: names of measures and values
//
// BENCH_CERT and BENCH_KEY are the certificate and the key of tls, BENCH_DIR is the directory that is listed. Only what users have is used.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/rgo-project/rgo/bench/internal/child"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(args []string) error {
	switch {
	case len(args) > 0 && args[0] == "server":
		return server(len(args) > 1 && args[1] == "tls")
	case len(args) == 4 && args[0] == "client":
		n, err := strconv.Atoi(args[3])
		if err != nil {
			return err
		}
		return client("127.0.0.1:"+strings.TrimPrefix(args[1], "127.0.0.1:"), args[2], n)
	}
	return errors.New("usage: peer server [tls] | peer client PORT WORKLOAD N")
}

// server serves until its standard input ends.
func server(secure bool) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	port := l.Addr().(*net.TCPAddr).Port
	if secure {
		cert, err := tls.X509KeyPair([]byte(os.Getenv("BENCH_CERT")), []byte(os.Getenv("BENCH_KEY")))
		if err != nil {
			return err
		}
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS13})
	}
	go accept(l) // for as long as the process lives
	return child.Answer(strconv.Itoa(port), child.Memory)
}

func accept(l net.Listener) {
	cfg := conn.Config{Name: "bench", Bind: netproxy.Serve(newService())}
	for {
		c, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			if _, err := conn.Accept(context.Background(), c, cfg); err != nil {
				log.Print(err)
			}
		}()
	}
}

// dialer dials the server of a workload.
func dialer(addr, workload string) (func() (*conn.Conn, error), error) {
	pool := x509.NewCertPool()
	secure := workload == "W7T"
	if secure && !pool.AppendCertsFromPEM([]byte(os.Getenv("BENCH_CERT"))) {
		return nil, errors.New("BENCH_CERT is no certificate")
	}
	return func() (*conn.Conn, error) {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return nil, err
		}
		if secure {
			c = tls.Client(c, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"})
		}
		return conn.Client(context.Background(), c, conn.Config{Name: "bench"})
	}, nil
}

// client measures a workload whenever it is told to.
func client(addr, workload string, n int) error {
	dial, err := dialer(addr, workload)
	if err != nil {
		return err
	}
	measure, err := prepare(workload, dial, n)
	if errors.Is(err, errors.ErrUnsupported) {
		fmt.Println("SKIP")
		return nil
	}
	if err != nil {
		return err
	}
	return child.Measure(measure)
}
