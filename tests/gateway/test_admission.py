"""Admission without a queue: rates per tenant, refused with when to come back, refilled by time."""

from tidegate.gateway.admission import OpenAdmission
from tidegate.gateway.seams import Refused
from tidegate.settings import Settings, Tenant
from tidegate.spine.call import Usage
from tidegate.spine.contracts import Waiting


def ask(a: OpenAdmission, n: int, now_s: float, tenant: str = "t") -> str | Refused | None:
    waiting = Waiting(request_id=n, tenant=tenant, service_class="default", arrived_s=now_s, tokens_prompt=1)
    return a.arrive(waiting, ("u",), lambda *_: None, now_s)


def test_requests_per_minute() -> None:
    a = OpenAdmission(Settings(tenants=(Tenant(name="t", requests_per_minute=60), Tenant(name="free"))))
    assert [ask(a, i, 0.0) for i in range(60)] == ["u"] * 60
    refused = ask(a, 60, 0.0)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.status, refused.retry_after_s) == ("rate_limited", 429, 1.0)
    assert ask(a, 61, 0.0, "free") == "u"
    assert ask(a, 62, 1.1) == "u"
    assert isinstance(ask(a, 63, 1.1), Refused)


def test_tokens_are_paid_for_by_the_calls_after() -> None:
    a = OpenAdmission(Settings(tenants=(Tenant(name="t", tokens_per_minute=600),)))
    assert ask(a, 1, 0.0) == "u"
    a.end(1, Usage(tokens_prompt=500, tokens_completion=400), 0.0)
    refused = ask(a, 2, 0.0)
    assert isinstance(refused, Refused)
    assert refused.retry_after_s is not None
    assert 30.0 < refused.retry_after_s < 31.0
    assert ask(a, 3, 31.0) == "u"


def test_a_reload_keeps_what_is_left_of_an_unchanged_rate() -> None:
    settings = Settings(tenants=(Tenant(name="t", requests_per_minute=1),))
    a = OpenAdmission(settings)
    assert ask(a, 1, 0.0) == "u"
    a.reload(settings, 0.0)
    assert isinstance(ask(a, 2, 0.0), Refused)
    a.reload(Settings(tenants=(Tenant(name="t"),)), 0.0)
    assert ask(a, 3, 0.0) == "u"
