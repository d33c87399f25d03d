"""The service as a process."""
import itertools
import json
import selectors
import signal
import socket
import subprocess
import time

from support import run
from support.cluster import ISSUER

NUMBERS = itertools.count(1)
DEFAULTS = {
    "LOFT_ISSUER": ISSUER,
    "LOFT_SANDBOX": 1,
    "LOFT_RATE_LIMIT": 0,
    "LOFT_RATE_LIMIT_PUBLIC": 0,
    "LOFT_RATE_LIMIT_PUBLIC_WRITES": 0,
    "LOFT_WORKERS": 4,
    "LOFT_DRAIN_S": 5,
}
START_S, STOP_S = 30, 30


class ServerFailed(Exception):
    """It ended instead of listening."""


def free_ports(count):
    """Ports that nobody has now. Somebody may take one before it is used: callers try again."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


class Server:
    """`loft serve` on free ports. `settings` replace the defaults above; None takes one away."""

    def __init__(self, database, keys=None, **settings):
        self.database = database
        self.keys = keys or database.cluster.keys
        self.settings = {**DEFAULTS, **database.settings(), "LOFT_KEYS": self.keys, **settings}
        self.fixed_port = "LOFT_PORT" in settings
        self.log_file = run.directory() / f"server-{run.worker()}-{next(NUMBERS)}.log"
        self.process = None

    def start(self):
        for attempt in range(5):
            if not self.fixed_port:
                self.settings["LOFT_PORT"], ops = free_ports(2)
                if self.settings.get("LOFT_OPS_PORT") != 0:
                    self.settings["LOFT_OPS_PORT"] = ops
            try:
                self._launch()
                return self
            except ServerFailed as failure:
                if self.fixed_port or attempt == 4 or "is the port taken" not in str(failure):
                    raise
        return self

    def _launch(self):
        settings = {name: value for name, value in self.settings.items() if value is not None}
        with open(self.log_file, "ab") as log:
            # When the tests die, so does the server.
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", run.binary(), "serve"], stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=log, env=run.environment(settings))
        deadline = time.monotonic() + START_S
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            ready = selector.select(max(0, deadline - time.monotonic()))
        line = self.process.stdout.readline().decode() if ready else ""
        if "is listening on" not in line:
            self.process.kill()
            status = self.process.wait()
            self.process.stdout.close()
            raise ServerFailed(f"status {status}, said {line!r}, log:\n{self.log_text()[-4000:]}")

    @property
    def port(self):
        return self.settings["LOFT_PORT"]

    @property
    def ops_port(self):
        return self.settings["LOFT_OPS_PORT"]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def ops_url(self):
        return f"http://127.0.0.1:{self.ops_port}"

    def running(self):
        return self.process is not None and self.process.poll() is None

    def log_text(self):
        return self.log_file.read_text(errors="backslashreplace") if self.log_file.exists() else ""

    def log(self):
        """The lines of the log, read as JSON."""
        return [json.loads(line) for line in self.log_text().splitlines()]

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=STOP_S):
        """The exit status."""
        status = self.process.wait(timeout)
        self.process.stdout.close()
        return status

    def kill(self):
        """As a crash of the machine would end it."""
        if self.running():
            self.process.kill()
            self.wait()

    def stop(self):
        """Ends it gently and insists that it ended well: status 0, and no sanitizer complained."""
        if not self.running():
            return
        self.signal(signal.SIGTERM)
        try:
            status = self.wait()
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.wait()
            raise AssertionError(f"the server did not stop:\n{self.log_text()[-4000:]}") from None
        self.check(status)

    def check(self, status=0):
        text = self.log_text()
        bad = [mark for mark in ("Sanitizer", "runtime error:") if mark in text]
        assert status == 0 and not bad, f"status {status}, log:\n{text[-8000:]}"

    def restart(self):
        """The same server again, on the same ports."""
        self.stop()
        self._launch()

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *reason):
        if kind:
            self.kill()
        else:
            self.stop()
