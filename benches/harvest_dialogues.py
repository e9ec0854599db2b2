"""Reads the written conversations: `== id | product | signal | failing_turn`, then U:, A:, T: and S: lines."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
ROLES = {"U": "user", "A": "assistant", "T": "tool", "S": "system"}


class Written(NamedTuple):
    """One written conversation with what a person says of it."""

    name: str
    product: str
    signal: str  # `clean`: nothing failed; several names joined by / are all right
    failing_turn: int | None
    messages: list[dict[str, Any]]


def read(name: str) -> list[Written]:
    out: list[Written] = []
    blocks = re.split(r"^== ", (HERE / name).read_text(), flags=re.M)[1:]
    for block in blocks:
        head, _, body = block.partition("\n")
        fields = [f.strip() for f in head.split("|")]
        messages: list[dict[str, Any]] = []
        for chunk in re.split(r"^(?=[UATS]: )", body.strip("\n"), flags=re.M):
            if not chunk.strip():
                continue
            role, text = ROLES[chunk[0]], chunk[3:].strip()
            call = re.fullmatch(r"\[(\w+) (\{.*\})\]", text)
            if call and role == "assistant":
                json.loads(call.group(2))
                function = {"name": call.group(1), "arguments": call.group(2)}
                calls = [{"id": f"c{len(messages)}", "type": "function", "function": function}]
                messages.append({"role": role, "content": None, "tool_calls": calls})
            elif role == "tool":
                messages.append({"role": role, "tool_call_id": f"c{len(messages) - 1}", "content": text})
            else:
                messages.append({"role": role, "content": text})
        turn = int(fields[3]) if len(fields) > 3 else None
        out.append(Written(fields[0], fields[1], fields[2], turn, messages))
    return out
