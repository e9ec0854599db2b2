"""Messages of recorded agent runs, whichever API wrote them, also several in one history → the one form.

The dialects of the spine read requests of one API and refuse what that API would refuse.  Recordings
are looser: a list may mix chat messages with responses items, results may come late, ids may be
missing.  This reader takes all that, and says by name what it could not place: a result that
answers no call, a call without a result, one id used for two calls.  What has no shape it knows
is refused with its path.
"""

from typing import Any

import msgspec

from tidegate.spine.conversation import Message, Part, Reasoning, Refusal, Role, Text, ToolCall, ToolResult
from tidegate.spine.dialects.fields import expected, json_text
from tidegate.spine.errors import InputError

ROLES: dict[str, Role] = {
    "system": "system", "developer": "developer", "user": "user", "human": "user", "assistant": "assistant",
    "ai": "assistant", "model": "assistant", "agent": "assistant", "tool": "tool", "function": "tool",
    "observation": "tool", "environment": "tool", "tool_result": "tool", "ipython": "tool",
}  # fmt: skip
LANGCHAIN = {"human": "user", "ai": "assistant", "tool": "tool", "system": "system", "AIMessage": "assistant",
             "HumanMessage": "user", "ToolMessage": "tool", "SystemMessage": "system"}  # fmt: skip
HISTORIES_KEPT = 8  # complaints of one kind that are named one by one; the rest are counted


class History(msgspec.Struct, frozen=True, kw_only=True):
    """Messages in the one form, and what was wrong with the recording, in words."""

    messages: tuple[Message, ...]
    notes: tuple[str, ...] = ()


def read_history(value: Any, where: str = "messages") -> History:
    """The messages of a recorded run; raises InputError naming the path of what is malformed."""
    if not isinstance(value, list | tuple):
        raise expected("a list of messages", value, where)
    reader = _Reader(where)
    for i, item in enumerate(value):
        reader.add(item, i)
    return reader.history()


class _Draft:
    """A message being put together; responses items of one turn gather in one draft."""

    def __init__(self, role: Role, index: int, name: str | None = None, items: bool = False) -> None:
        self.role: Role = role
        self.index = index
        self.parts: list[Part] = []
        self.name = name
        self.items = items

    def message(self) -> Message:
        return Message(self.role, tuple(self.parts), self.index, {"name": self.name} if self.name else None)


class _Reader:
    def __init__(self, where: str) -> None:
        self.where = where
        self.drafts: list[_Draft] = []
        self.waiting: dict[str, int] = {}  # calls not answered yet: id → place of their draft
        self.names: dict[str, str] = {}  # call id → tool
        self.made = 0
        self.late: list[str] = []
        self.unknown: list[str] = []
        self.reused: list[str] = []

    # -- one item

    def add(self, item: Any, i: int) -> None:
        at = f"{self.where}[{i}]"
        if not isinstance(item, dict):
            raise expected("a message (an object)", item, at)
        kind = item.get("type")
        role = item.get("role", LANGCHAIN.get(kind) if isinstance(kind, str) else None)
        if isinstance(kind, str) and role is None:
            return self._item(item, kind, i, at)
        if not isinstance(role, str) or role not in ROLES:
            known = ", ".join(sorted(ROLES))
            raise InputError(f"expected a role ({known}) or a responses item with a type, got role {role!r}", where=at)
        self._message(item, ROLES[role], i, at)
        return None

    def _item(self, item: dict[str, Any], kind: str, i: int, at: str) -> None:
        """An item of the responses API without a role."""
        if kind == "reasoning":
            text = "\n".join(str(s.get("text", "")) for s in item.get("summary") or [] if isinstance(s, dict))
            self._turn(i).parts.append(Reasoning(text))
        elif kind.endswith(("_call_output", "_call_result")):
            self._result(
                str(item.get("call_id") or item.get("id") or ""), _plain(item.get("output")), None, None, i, at
            )
        elif kind.endswith("_call"):
            name = item.get("name") or kind.removesuffix("_call")
            told = item.get("arguments", item.get("input", item.get("action")))
            self._call(self._turn(i), str(item.get("call_id") or item.get("id") or ""), name, told, at)
            if "output" in item or "results" in item:  # a hosted tool's item carries its own answer
                self._result(self._last_id, _plain(item.get("output", item.get("results"))), None, None, i, at)
        elif kind in ("compaction", "item_reference", "mcp_list_tools"):
            return
        else:
            raise InputError(f"expected a role or a responses item, got the type {kind!r}", where=f"{at}.type")

    def _message(self, item: dict[str, Any], role: Role, i: int, at: str) -> None:
        content = item.get("content", item.get("parts"))
        if role == "tool":
            call_id = str(item.get("tool_call_id") or item.get("call_id") or item.get("tool_use_id") or "")
            failed = item.get("is_error", True if item.get("status") == "error" else None)
            name = item.get("name")
            self._result(call_id, _plain(content), failed if isinstance(failed, bool) else None,
                         name if isinstance(name, str) else None, i, at)  # fmt: skip
            return
        name = item.get("name")
        draft = _Draft(role, i, name if isinstance(name, str) else None)
        for field in ("reasoning_content", "reasoning"):
            if isinstance(item.get(field), str):
                draft.parts.append(Reasoning(item[field]))
        self.drafts.append(draft)
        results = self._parts(draft, content, f"{at}.content")
        if isinstance(item.get("refusal"), str):
            draft.parts.append(Refusal(item["refusal"]))
        self._calls(draft, item, at)
        if results and not draft.parts:  # nothing but tool results: no message of a person
            self.drafts.remove(draft)
        for call_id, text, failed in results:
            self._result(call_id, text, failed, None, i, at)

    def _calls(self, draft: _Draft, item: dict[str, Any], at: str) -> None:
        calls = item.get("tool_calls")
        if calls is not None and not isinstance(calls, list):
            raise expected("a list of tool calls", calls, f"{at}.tool_calls")
        for j, call in enumerate(calls or []):
            path = f"{at}.tool_calls[{j}]"
            if not isinstance(call, dict):
                raise expected("a tool call (an object)", call, path)
            inner = call.get("function") or call.get("custom") or call
            if not isinstance(inner, dict):
                raise expected("a function (an object)", inner, f"{path}.function")
            told = inner.get("arguments", inner.get("args", inner.get("input")))
            self._call(draft, str(call.get("id") or ""), inner.get("name"), told, path)
        legacy = item.get("function_call")
        if isinstance(legacy, dict):
            self._call(draft, "", legacy.get("name"), legacy.get("arguments"), f"{at}.function_call")

    def _parts(self, draft: _Draft, content: Any, at: str) -> list[tuple[str, str, bool | None]]:
        """Adds the parts to the draft; the tool results among them are returned, they stand on their own."""
        if content is None:
            return []
        if isinstance(content, str):
            draft.parts.append(Text(content))
            return []
        if isinstance(content, dict):
            content = [content]
        if not isinstance(content, list):
            raise expected("text or a list of parts", content, at)
        results: list[tuple[str, str, bool | None]] = []
        for j, part in enumerate(content):
            path = f"{at}[{j}]"
            if isinstance(part, str):
                draft.parts.append(Text(part))
            elif not isinstance(part, dict):
                raise expected("a part (text or an object)", part, path)
            else:
                results += self._part(draft, part, path)
        return results

    def _part(self, draft: _Draft, part: dict[str, Any], path: str) -> list[tuple[str, str, bool | None]]:
        kind = part.get("type")
        if kind in ("tool_use", "server_tool_use", "mcp_tool_use", "tool_call"):
            self._call(
                draft, str(part.get("id") or ""), part.get("name"), part.get("input", part.get("arguments")), path
            )
        elif isinstance(call := part.get("functionCall", part.get("function_call")), dict):  # Gemini
            self._call(draft, str(call.get("id") or ""), call.get("name"), call.get("args"), path)
        elif isinstance(answer := part.get("functionResponse", part.get("function_response")), dict):
            call_id = str(answer.get("id") or "") or self._open_call(str(answer.get("name") or ""))
            return [(call_id, _plain(answer.get("response")), None)]
        elif isinstance(kind, str) and (kind.endswith("tool_result") or kind == "tool_call_response"):
            failed = part.get("is_error")
            told = part.get("content", part.get("response", part.get("result")))
            return [
                (
                    str(part.get("tool_use_id") or part.get("id") or ""),
                    _plain(told),
                    failed if isinstance(failed, bool) else None,
                )
            ]
        elif kind in ("thinking", "reasoning"):
            draft.parts.append(Reasoning(_text_of(part, "thinking", "text")))
        elif kind == "refusal":
            draft.parts.append(Refusal(_text_of(part, "refusal", "text")))
        elif isinstance(text := part.get("text", part.get("content") if kind == "text" else None), str):
            draft.parts.append(Text(text))
        return []

    # -- calls and results

    def _turn(self, i: int) -> _Draft:
        """The assistant turn that a responses item belongs to: one turn until something else speaks."""
        last = self.drafts[-1] if self.drafts else None
        if last is None or last.role != "assistant" or self._answered(last):
            last = _Draft("assistant", i, items=True)
            self.drafts.append(last)
        return last

    def _answered(self, draft: _Draft) -> bool:
        """Whether a call of the draft has its result: what comes next is another turn."""
        return any(isinstance(p, ToolCall) and p.call_id not in self.waiting for p in draft.parts)

    def _call(self, draft: _Draft, call_id: str, name: Any, told: Any, at: str) -> None:
        if not isinstance(name, str) or not name:
            raise InputError(f"expected the name of a tool, got {name!r}", where=at)
        if draft.role != "assistant":
            raise InputError(f"expected tool calls in an assistant message, found one of role {draft.role}", where=at)
        if not call_id:
            call_id = f"call-{self.made}"
        elif call_id in self.waiting:
            self.reused.append(f"{at} uses the id {call_id!r} of a call that is not answered yet")
        self.made += 1
        self._last_id = call_id
        arguments = told if isinstance(told, str) else "" if told is None else json_text(told)
        draft.parts.append(ToolCall(call_id, name, arguments))
        self.waiting[call_id] = len(self.drafts) - 1
        self.names[call_id] = name

    def _open_call(self, name: str = "") -> str:
        """The oldest call without an answer in the newest turn that has one, of this tool if one is named."""
        newest = max(self.waiting.values(), default=-1)
        for call_id, place in self.waiting.items():
            if place == newest and (not name or self.names[call_id] == name):
                return call_id
        return ""

    def _result(self, call_id: str, text: str, failed: bool | None, name: str | None, i: int, at: str) -> None:
        call_id = call_id or self._open_call(name or "") or self._open_call()
        place = self.waiting.pop(call_id, None)
        result = ToolResult(call_id, text, failed, name)
        if place is None:
            if call_id in self.names:
                self.reused.append(f"{at} answers the call {call_id!r} a second time")
            else:
                self.unknown.append(f"{at} answers no call of this history (id {call_id!r})")
            return
        draft = _Draft("tool", i)
        draft.parts.append(result)
        later = next((k for k in range(place + 1, len(self.drafts)) if self.drafts[k].role == "assistant"), None)
        if later is None:
            self.drafts.append(draft)
        else:  # the next turn began before the answer came: it belongs to its own turn all the same
            self.late.append(f"{at} came after the turn that follows its call")
            self.drafts.insert(later, draft)
            self.waiting = {c: p + (p >= later) for c, p in self.waiting.items()}

    def history(self) -> History:
        """The messages read, and the complaints."""
        assistants = [k for k, d in enumerate(self.drafts) if d.role == "assistant"]
        last = assistants[-1] if assistants else -1
        missing = [f"the call {c!r} ({self.names[c]}) has no result" for c, p in self.waiting.items() if p != last]
        notes = [n for group in (self.unknown, self.reused, self.late, missing) for n in _some(group)]
        return History(messages=tuple(d.message() for d in self.drafts), notes=tuple(notes))

    _last_id = ""


def _some(group: list[str]) -> list[str]:
    more = len(group) - HISTORIES_KEPT
    return group[:HISTORIES_KEPT] + ([f"and {more} more of this kind"] if more > 0 else [])


def _plain(value: Any) -> str:
    """The text of a tool's answer: text as it is, text parts joined, other values as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(p, dict) and isinstance(p.get("text"), str) for p in value):
        return "\n".join(p["text"] for p in value)
    if isinstance(value, dict) and set(value) <= {"type", "text"} and isinstance(value.get("text"), str):
        return str(value["text"])
    return json_text(value)


def _text_of(part: dict[str, Any], *names: str) -> str:
    return next((part[n] for n in names if isinstance(part.get(n), str)), "")
