"""What the gateway reads of a request's body, and how it changes it without touching the rest.

A typed decoder looks at six fields and skips everything else in one pass (a quarter of a
microsecond for a short body; 32 KB take it thirteen, and one where `skim` leaves out the words).
The body itself is forwarded as received unless something in it may not pass: the upstream knows the
model by another name, a field only the gateway may set is present, or `model` stands in it in a way
that two JSON readers could understand differently.  Then the top level is rewritten and every value
kept byte for byte.
"""

import contextlib
from collections.abc import Callable

import msgspec
import re2

from tidegate.gateway.ask import ABSENT, Ask, decode_ask
from tidegate.gateway.skim import skim
from tidegate.spine.errors import InputError

LONG = 2048  # bytes from which RE2 finds words sooner than CPython's own search: 1.8 µs in 32 KB against 6 to 60
_MODEL = b'"model"'
_model: Callable[..., object] = re2.compile(_MODEL).search

# Fields by which a client could claim a priority that only its key may give (vLLM reads it).
PRIVATE_FIELDS = ("priority",)

_raw = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


def read_ask(body: bytes) -> Ask:
    """The fields of a body; raises InputError in words for the client."""
    try:
        if len(body) >= LONG:
            skimmed = skim(body)
            if skimmed is not body:
                with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    return decode_ask(skimmed)  # what is wrong is found again below, at its true place
        return decode_ask(body)
    except msgspec.ValidationError as error:
        raise InputError(f"{error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"the body is not JSON: {error}") from error


def must_rewrite(body: bytes, ask: Ask, served_as: str) -> bool:
    """Whether the body may not pass as received."""
    return ask.model != served_as or ask.priority is not ABSENT or twice(body)


def twice(body: bytes) -> bool:
    """Whether `"model"` stands in a body more than once, wherever."""
    if len(body) < LONG:  # from both ends: the name stands early in most, and the search backwards is the quicker one
        return body.find(_MODEL) != body.rfind(_MODEL)
    return _model(body, body.find(_MODEL) + len(_MODEL)) is not None


def rewrite(body: bytes, served_as: str) -> bytes:
    """The body with its model's upstream name, once, and without private fields; all other values byte for byte."""
    fields = _raw(body)
    for name in PRIVATE_FIELDS:
        fields.pop(name, None)
    fields["model"] = msgspec.Raw(_encode(served_as))
    return _encode(fields)
