"""Waiting for what happens elsewhere, without guessing how long it takes."""
import time


def eventually(condition, timeout_s=20, what="it"):
    """The first true value of condition(), asked again and again; fails when none comes in time."""
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"{what} did not happen within {timeout_s} s"
        time.sleep(0.02)
