"""What the object stores of the tests share: a folder of their own, ports, and processes that end
with the test, whatever becomes of it.

A store's script starts its processes, prints a line of JSON that says where it is, and lives as long
as its standard input, which the test holds the other end of: when the test ends, even by a kill,
that end closes. Should the script itself be killed, the kernel kills its processes."""

import contextlib
import json
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HOST = "127.0.0.1"
PATIENCE = 120  # seconds until a daemon that is not ready is given up


def free_port():
    """A port that nobody listens at. Below those that the kernel gives to connections, so that none
    takes it until the daemon does."""
    for _ in range(200):
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((HOST, port))
            return port
    sys.exit("no free port between 20000 and 32000")


class Daemons:
    """Processes in the order of their start, and the folder that they live in. As a context, ends
    and removes them."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="nightshift-"))
        self._processes = []

    def __enter__(self):
        # A caller who asks to end gets the same as one who goes away.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        return self

    def __exit__(self, *_):
        for process in reversed(self._processes):
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, name, *command):
        with open(self.folder / f"{name}.out", "wb") as output:
            self._processes.append(subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *map(str, command)],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=self.folder))

    def run(self, *command, text=None):
        """What a command prints; it must succeed."""
        result = subprocess.run(list(map(str, command)), input=text, capture_output=True, text=True,
                                cwd=self.folder, check=False)
        if result.returncode != 0:
            self.give_up(f"{command[0]} ended with {result.returncode}: {result.stderr[-2000:]}")
        return result.stdout

    def await_port(self, port):
        """Return as soon as somebody takes connections at the port."""
        self.await_that(f"somebody listens at port {port}",
                        lambda: socket.create_connection((HOST, port), timeout=5).close() or True)

    def await_that(self, what, holds):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                if holds():
                    return
            for process in self._processes:
                if process.poll() is not None:
                    self.give_up(f"{process.args[4]} ended with {process.returncode}")
            time.sleep(0.02)
        self.give_up(f"waited {PATIENCE} s in vain until {what}")

    def give_up(self, why):
        outputs = "".join(f"\n--- {path.name}\n{path.read_text(errors='replace')[-2000:]}"
                          for path in sorted(self.folder.glob("*.out")))
        sys.exit(f"{why}{outputs}")


def announce(**facts):
    print(json.dumps(facts), flush=True)


def live_as_long_as_input():
    while sys.stdin.buffer.read(4096):
        pass
