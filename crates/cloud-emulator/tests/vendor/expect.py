"""Small words for what a check expects."""

import contextlib
import time


@contextlib.contextmanager
def refused(error, **members):
    """The block must raise `error`, with these attributes."""
    try:
        yield
    except error as raised:
        for name, wanted in members.items():
            found = getattr(raised, name)
            assert found == wanted, f"{name} is {found!r}, not {wanted!r}: {raised}"
    else:
        raise AssertionError(f"nothing was refused; expected {error.__name__}")


def equal(found, wanted):
    """Like assert, but says what was found."""
    assert found == wanted, f"{found!r} is not {wanted!r}"


def until(what, holds, seconds=20):
    """Asks again until it holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"still not: {what}"
        time.sleep(0.05)
