// Command bench measures rgo beside what it is to be held against.
//
//	go run -C bench .                     # peers and wrappers: about a minute
//	go run -C bench . -only remote        # or peers, wrappers, loops, start, inputs, memory; or all, which takes some minutes
//	go run -C bench . -out results        # writes all samples of peers and wrappers there, too
//
// peers compares calls with those of net/rpc, and with frames without any protocol on TCP and on a stream of yamux's. Each system has a server in one process and a
// client in another (commands peer and floor); all are started, and then each in turn measures for some 60 ms, forwards and backwards, so that what disturbs the
// machine disturbs all alike. A figure is the median, with half the distance of the quartiles; a ratio is the median of the ratios within each round. wrappers compares
// the ways in which rgo itself can call a method, with what they allocate on both sides. remote counts round trips over a slow link, beside RPyC where a python3 with it is installed. The others measure
// the interpreter beside yaegi v0.16.1, the engine that rgo stood on before it had its own, in one process, one after the other; each loop counts with its best time of several.
//
// Latency is measured with both processes pinned to one processor (W1C), or to one each (W1X): elsewhere it is the system's scheduler that is measured. Only Linux can be asked for
// that; on other systems compare large differences only.
//
// Command growth measures what calls and memory come to with very many references, results, connections and calls under way, and draws it.
//
// bench is a module of its own, so that rgo does not depend on what it is compared with.
package main
