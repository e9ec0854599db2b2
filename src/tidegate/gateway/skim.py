"""A request without the words of its long strings: what is left says the same about everything else.

A prompt of 32 KB is a few long strings.  The decoder looks at each of their bytes, though all that matters here
is where they end, and the processor's own search for the next quote is ten times as fast.  A quote ends its
string unless an odd number of backslashes stands before it: that is all of JSON that this needs to know.
Nobody here vouches for what is inside a long string: the upstream reads the body as it came, and refuses a raw
control character or a broken escape there by itself (400, passed on).  That weakens nothing: such a byte never begins
or ends a string, so the fields that decide here (model, stream, limits, priority) are found at the same places by
every reader.  Looking at each byte would cost 5 µs more in 32 KB (the decoder; 18 with `translate`, 49 with RE2).
"""

STRING_BYTES = 512  # a longer string loses its content; none of the names that are looked for is as long
QUOTES_MAX = 96  # with more of them (many short messages, quoted code) the decoder alone is quicker
BACKSLASH = 0x5C


def skim(body: bytes) -> bytes:
    """`body` with long strings emptied; `body` itself where that would not pay, or it is no JSON."""
    kept: list[bytes] = []
    done = 0
    quotes = 0
    start = body.find(b'"')
    while start >= 0:
        end = body.find(b'"', start + 1)
        while end > 0 and body[end - 1] == BACKSLASH and escaped(body, start, end):
            quotes += 1
            end = body.find(b'"', end + 1)
            if quotes > QUOTES_MAX:
                return body
        quotes += 2
        if end < 0 or quotes > QUOTES_MAX:
            return body
        if end - start > STRING_BYTES:
            kept.append(body[done : start + 1])
            done = end
        start = body.find(b'"', end + 1)
    if not done:
        return body
    kept.append(body[done:])
    return b"".join(kept)


def escaped(body: bytes, start: int, end: int) -> bool:
    """Whether the quote at `end` belongs to the string that the quote at `start` opened."""
    at = end - 1
    while at > start and body[at] == BACKSLASH:
        at -= 1
    return (end - 1 - at) % 2 == 1
