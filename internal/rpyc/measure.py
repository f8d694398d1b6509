"""Measures RPyC: a server in a process of its own, a client in this one, a unix socket between them."""
import importlib, multiprocessing, os, sys, tempfile, time

try:
    import rpyc
    from rpyc.utils.factory import unix_connect
    from rpyc.utils.server import ThreadedServer
except ImportError:
    sys.exit("absent")

OPEN = dict(allow_public_attrs=True, allow_all_attrs=True)


class Service(rpyc.Service):
    def exposed_module(self, name):
        return importlib.import_module(name)

    def exposed_times(self, n, f):
        for i in range(n):
            f(i)


def serve(path, ready):
    server = ThreadedServer(Service, socket_path=path, protocol_config=OPEN)
    ready.set()
    server.start()


def callback(c, n, _):
    c.root.times(100, lambda i: i)
    began = time.perf_counter()
    c.root.times(n, lambda i: i)
    return (time.perf_counter() - began) / n


def call(c, n, _):
    f = c.root.module("os").getpid
    began = time.perf_counter()
    for _ in range(n):
        f()
    return (time.perf_counter() - began) / n


def ls(c, n, path):
    """The remote_ls of RPyC's demos."""
    began = time.perf_counter()
    ros = c.root.module("os")
    for name in ros.listdir(path):
        ros.stat(ros.path.join(path, name)).st_size
    return time.perf_counter() - began


def main():
    what, n, arg = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    if arg.startswith("through:"):  # a server and a client with somebody's link between them
        _, server, client, arg = arg.split(":", 3)
    else:
        server = client = os.path.join(tempfile.mkdtemp(), "s")
    ready = multiprocessing.Event()
    there = multiprocessing.Process(target=serve, args=(server, ready), daemon=True)
    there.start()
    ready.wait()
    for _ in range(500):
        try:
            c = unix_connect(client, config=OPEN)
            break
        except OSError:
            time.sleep(0.01)
    print({"callback": callback, "call": call, "ls": ls}[what](c, n, arg))
    there.terminate()


main()
