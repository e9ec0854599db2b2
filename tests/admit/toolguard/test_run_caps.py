"""The worst case of a call bounds what it can use; which accounts it draws on."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.admit.toolguard.run_caps import ONCE, Plan, TenantPlan, limit_of, micro_usd, worst_of

TEXT = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 10}


def worst(request: dict[str, Any], attachment: int | None = None) -> tuple[int, int, str]:
    size = len(json.dumps(request))
    w = worst_of(request, size, attachment)
    return w.tokens_in - size - ONCE, w.tokens_out, w.unbounded


IMAGE = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x/y.png"}}]}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, (0, 10, "")),
        ({"n": 3}, (0, 30, "")),
        ({"n": 2, "best_of": 4}, (0, 40, "")),
        ({"max_completion_tokens": 50}, (0, 50, "")),
        ({"n_predict": 70}, (0, 70, "")),
        ({"n_predict": -1}, (0, 10, "n_predict")),
        ({"max_tokens": -1}, (0, 0, "max_tokens")),
        ({"max_tokens": "many"}, (0, 0, "max_tokens")),
        ({"prompt": ["a", "b", "c"]}, (0, 30, "")),
        ({"prompt": [1, 2, 3]}, (0, 10, "")),
        ({"prompt": {"id": "pmpt_1"}}, (0, 10, "prompt")),
        ({"previous_response_id": "resp_1"}, (0, 10, "previous_response_id")),
        ({"previous_response_id": None}, (0, 10, "")),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, (0, 10, "")),
        ({"tools": [{"name": "f", "input_schema": {"type": "object"}}]}, (0, 10, "")),
        ({"tools": [{"type": "web_search_20250305"}]}, (0, 10, "the tool web_search_20250305")),
        ({"messages": [IMAGE]}, (0, 10, "an image or file")),
        ({"input": [{"type": "message", "content": [{"type": "input_file", "file_id": "f"}]}]}, (0, 10, "an image or file")),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": "image"}]}]}, (0, 10, "")),
        ({"messages": [{"role": "assistant", "tool_calls": [{"type": "function", "arguments": {"type": "image"}}]}]}, (0, 10, "")),
    ],
)  # fmt: skip
def test_the_worst_case_of_a_request(change: dict[str, Any], expected: tuple[int, int, str]) -> None:
    assert worst(TEXT | change) == expected


def test_attachments_have_the_bound_that_was_configured() -> None:
    assert worst(TEXT | {"messages": [IMAGE, IMAGE]}, attachment=1500) == (3000, 10, "")


@given(st.text(max_size=300))
def test_no_text_has_more_tokens_than_its_request_has_bytes(text: str) -> None:
    """A byte-level tokenizer makes at most one token a byte of UTF-8, however JSON writes it."""
    for ascii_only in (True, False):
        body = json.dumps({"messages": [{"role": "user", "content": text}]}, ensure_ascii=ascii_only)
        size = len(body.encode("utf-8", "surrogatepass"))
        assert len(text.encode("utf-8", "surrogatepass")) <= worst_of(json.loads(body), size, None).tokens_in - ONCE


def test_money_is_rounded_up_and_caps_are_cut() -> None:
    assert micro_usd(1, 0, (0.15e-6, 0.6e-6)) == 1
    assert micro_usd(1000, 1000, (1e-6, 2e-6)) == 3000
    assert micro_usd(0, 0, (1.0, 1.0)) == 0
    assert limit_of({"money_usd": 0.0000019, "time_s": 1.5, "calls": 0}) == (1, None, None, 0, 1500, None)
    assert limit_of({"money_usd": 0.29}) == (290000, None, None, None, None, None)


def test_a_call_draws_on_its_run_its_parents_and_its_tenants_total() -> None:
    run, own, total = limit_of({"calls": 9}), limit_of({"calls": 5}), limit_of({"calls": 100})
    plan = Plan(run=run, tenants={"acme": TenantPlan(total=total, period="month"), "own": TenantPlan(run=own)})
    at_s = 1_800_000_000.0
    assert [h.name for h in plan.path("acme", "a/b", at_s)] == ["acme run a/b", "acme run a", "acme total 2027-01"]
    assert [h.limit for h in plan.path("own", "a", at_s)] == [own]
    assert [h.name for h in plan.path("acme", None, at_s)] == ["acme total 2027-01"]
    assert plan.path("own", None, at_s) == ()
    assert len(plan.path("own", "/".join("abcdefghijkl"), at_s)) == 8
    assert Plan().path("x", "a", at_s) == ()
