"""What every stream reader and writer has in common, and the table of them by dialect.

A reader takes bytes, cut anywhere, and gives items; a writer takes items and gives bytes.  No
reader raises: what cannot be understood becomes a `Failure` item, and nothing follows it.
"""

from typing import Any, Protocol

import msgspec

from tidegate.spine.dialects.answers import Failure, Item, UsageReport
from tidegate.spine.dialects.sse import EventDecoder, ServerEvent, TooLong

_decoder = msgspec.json.Decoder()
encoder = msgspec.json.Encoder()


class StreamReader:
    """Base of the readers: events are decoded here, `_event` says what one means."""

    def __init__(self) -> None:
        self._events = EventDecoder()
        self.done = False  # the dialect's own end marker was seen
        self.failed = False

    def feed(self, data: bytes) -> list[Item]:
        """Items that these bytes complete."""
        try:
            events = self._events.feed(data)
        except TooLong as error:
            return self._fail(str(error))
        return self._items(events)

    def end(self) -> list[Item]:
        """The stream ended: what was still open."""
        return self._items(self._events.end())

    def _items(self, events: list[ServerEvent]) -> list[Item]:
        items: list[Item] = []
        for event in events:
            if self.failed:
                break
            if event.data == "[DONE]":
                self.done = True
                continue
            try:
                value = _decoder.decode(event.data)
                if isinstance(value, dict):
                    items += self._event(event.name, value)
            except msgspec.DecodeError:
                items += self._fail("the upstream sent an event that is not JSON")
            except (AttributeError, TypeError, KeyError, ValueError, IndexError):
                items += self._fail("the upstream sent an event that its API does not know")
            if any(isinstance(item, Failure) for item in items):
                self.failed = True
        return items

    def _fail(self, message: str) -> list[Item]:
        self.failed = True
        return [Failure(message, "upstream_broken")]

    def _event(self, name: str, value: dict[str, Any]) -> list[Item]:
        raise NotImplementedError


class StreamWriter(Protocol):
    """Items in, bytes of one dialect's event stream out."""

    def write(self, items: list[Item]) -> bytes:
        """The events that say these items."""
        ...

    def close(self, report: UsageReport | None) -> bytes:
        """The answer is complete: the last events, with the usage where it is known."""
        ...

    def fail(self, failure: Failure) -> bytes:
        """The answer broke off: an error event; nothing is written after it."""
        ...


def event_bytes(value: dict[str, Any]) -> bytes:
    """An unnamed event."""
    return b"data: " + encoder.encode(value) + b"\n\n"


def named_event_bytes(value: dict[str, Any]) -> bytes:
    """An event named by its own `type`."""
    name: str = value["type"]
    return b"event: " + name.encode() + b"\ndata: " + encoder.encode(value) + b"\n\n"
