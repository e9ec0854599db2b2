"""What OpenAI's answers share: the frame around an answer and the counts of usage, under other names."""

from collections.abc import Iterable
from typing import Any

from tidegate.spine.call import Usage
from tidegate.spine.dialects.answers import Answer, Choice, Failure
from tidegate.spine.dialects.fields import Fields, whole_number


def usage_of(value: Any, prompt: str, completion: str) -> Usage:
    """A usage object whose counts are `prompt` and `completion`, each with its `..._details`; absent stays None."""
    if not isinstance(value, dict):
        return Usage()
    asked, answered = value.get(f"{prompt}_details"), value.get(f"{completion}_details")
    return Usage(
        tokens_prompt=whole_number(value.get(prompt)),
        tokens_completion=whole_number(value.get(completion)),
        tokens_prompt_cached=whole_number(asked.get("cached_tokens")) if isinstance(asked, dict) else None,
        tokens_reasoning=whole_number(answered.get("reasoning_tokens")) if isinstance(answered, dict) else None,
    )


def answer_of(
    fields: Fields, choices: Iterable[Choice], usage: Usage, *, created: str, failure: Failure | None = None
) -> Answer:
    """The answer around its choices, from the fields that nobody has taken yet; `created` names the time's field."""
    raw, created_s = fields.take("usage"), fields.take(created)
    fields.take("object")
    return Answer(
        response_id=fields.text_or("id", ""),
        model=fields.text_or("model", ""),
        created_s=int(created_s) if isinstance(created_s, int | float) else 0,
        choices=tuple(choices),
        usage=usage,
        usage_raw=raw if isinstance(raw, dict) else None,
        failure=failure,
        extra=fields.extra(),
    )
