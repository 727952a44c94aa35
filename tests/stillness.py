"""What keeps tests alike on every machine and day: a stopped clock, and no network beyond this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from app import clock

#: When tests take place unless they say otherwise: a Tuesday, the date on the manual's screens.
USUAL_TIME = "2026-03-03 09:00"
#: The environment variable that tells a served program at which instant its clock stands.
STOPPED_AT = "PORTAL_TEST_CLOCK"


def taiwan(text: str) -> datetime:
    """The instant at which a clock in Taiwan shows ``2026-03-03 09:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.TAIPEI)


class StoppedClock:
    """Sets the time of the whole process: ``clock_at("2026-03-03 16:00")``, ``clock_at.passes(minutes=5)``."""

    def __call__(self, moment: str | datetime) -> datetime:
        instant = taiwan(moment) if isinstance(moment, str) else moment
        clock.stop_everywhere(instant)
        return clock.now()

    def passes(self, **parts: float) -> datetime:
        """Let some time go by, given as ``timedelta`` takes it."""
        return self(clock.now() + timedelta(**parts))


class NetworkRefused(RuntimeError):
    """A test wanted to leave this machine."""


def _refuse_beyond_loopback(address: Any) -> None:
    if not isinstance(address, tuple):
        return  # a Unix socket
    host = str(address[0]) or "127.0.0.1"
    try:
        local = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local:
        raise NetworkRefused(f"tests may not reach {host}: put the harmless adapter in place of the real one")


def _guarded(original: Callable[..., Any], position: int) -> Callable[..., Any]:
    def call(*args: Any, **options: Any) -> Any:
        _refuse_beyond_loopback(args[position])
        return original(*args, **options)

    return call


def _look_up_here(original: Callable[..., Any]) -> Callable[..., Any]:
    def call(host: Any, *args: Any, **options: Any) -> Any:
        if host is not None:
            _refuse_beyond_loopback((host.decode() if isinstance(host, bytes) else host,))
        return original(host, *args, **options)

    return call


@contextmanager
def no_network() -> Iterator[None]:
    """Refuse every connection and name look-up beyond loopback, in this process."""
    with (
        mock.patch.object(socket.socket, "connect", _guarded(socket.socket.connect, 1)),
        mock.patch.object(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex, 1)),
        mock.patch.object(socket.socket, "sendto", _guarded(socket.socket.sendto, -1)),
        mock.patch.object(socket, "getaddrinfo", _look_up_here(socket.getaddrinfo)),
    ):
        yield
