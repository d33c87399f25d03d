"""One pytest run: its directory, the binary under test, and the lock between its xdist workers."""
import contextlib
import fcntl
import os
import pathlib
import resource
import shutil
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
VARIABLE = "LOFT_TEST_RUN"


def begin():
    """Makes the directory of this run. Workers of xdist inherit the environment of the process
    that starts them, and so share it."""
    directory = tempfile.mkdtemp(prefix="loft-api.")
    os.chmod(directory, 0o711)  # PostgreSQL's account passes through
    os.environ[VARIABLE] = directory
    # For a thousand connections, in the tests and in the servers that they start.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def directory():
    return pathlib.Path(os.environ[VARIABLE])


def end():
    shutil.rmtree(os.environ.pop(VARIABLE))


def binary():
    """The service under test: LOFT_BINARY, else the sanitized build, else the ordinary one."""
    named = os.environ.get("LOFT_BINARY")
    places = [named] if named else [ROOT / "build-test/api/loft", ROOT / "build/api/loft"]
    for place in map(pathlib.Path, places):
        if place.exists():
            return place.resolve()
    raise FileNotFoundError(f"no binary at {', '.join(map(str, places))}: build it, or set LOFT_BINARY")


def worker():
    """A short name that no other process of this run has."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@contextlib.contextmanager
def lock(name):
    """Only one process of this run is inside at a time."""
    with open(directory() / f"{name}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def environment(settings=()):
    """The environment of a process under test: nothing of the caller's own Løft or PostgreSQL."""
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith(("LOFT_", "PG", "PYTEST_"))}
    return {**clean, **{name: str(value) for name, value in dict(settings).items()}}
