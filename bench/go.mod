module github.com/rgo-project/rgo/bench

go 1.26.0

require (
	github.com/hashicorp/yamux v0.1.2
	github.com/rgo-project/rgo v0.0.0
	github.com/traefik/yaegi v0.16.1
	golang.org/x/sys v0.49.0
)

require (
	github.com/fxamacker/cbor/v2 v2.9.6 // indirect
	github.com/google/shlex v0.0.0-20191202100458-e7afc7fbc510 // indirect
	github.com/x448/float16 v0.8.4 // indirect
	golang.org/x/mod v0.41.0 // indirect
	golang.org/x/tools v0.51.0 // indirect
)

replace github.com/rgo-project/rgo => ../
