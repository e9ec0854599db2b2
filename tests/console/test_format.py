"""How the console writes what people read."""

from tidegate.console.format import milliseconds, short


def test_hashes_are_cut_and_words_are_not() -> None:
    assert short("prompt sha256:" + "9d47" * 16) == "prompt 9d479d479d47…"
    assert short("a" * 31) == "a" * 31
    assert short("tenant chat") == "tenant chat"
    assert short("call_353a46e6ab469446970b76d0") == "call_353a46e6ab469446970b76d0"


def test_times_are_read_at_a_glance() -> None:
    assert [milliseconds(v) for v in (0.4, 83.2, 12_340.0, None)] == ["0 ms", "83 ms", "12.3 s", "–"]
