"""Tool calls that agents write as text: ReAct, tagged JSON, code blocks.

Frameworks without native tool calls put the call in the assistant's words and the answer in the
next user message.  Read here, such a run has the same steps as any other.
"""

import re

from tidegate.spine.conversation import ToolCall

HINTS = ("Action", "action", "<tool_call", "<function", "<invoke", "```")
REACT = re.compile(
    r"(?:^|"
    r"\n)\s*\**Action\**\s*:\s*\**\s*`?(?P<name>[\w .:/-]{1,80}?)"
    r"`?\s*\**[ \t]*\n\s*\**Action[ _]?Input\**\s*:\s*(?P<input>.*?)"
    r"(?=\n\s*\**(?:Observation|Thought|Action|Final Answer)\**\s*:|\Z)",
    re.S | re.I,
)
REACT_CALL = re.compile(
    r"(?:^|\n)\s*Action(?: \d+)?\s*:\s*(?P<name>[A-Za-z_][\w.-]{0,60})\s*[\[(](?P<input>.*?)[\])]\s*(?=\n|\Z)", re.S
)
TAGGED = re.compile(r"<tool_call>\s*(?P<input>\{.*?\})\s*</tool_call>", re.S)
FUNCTION = re.compile(
    r"<(?:function|invoke)(?:=| name=\")(?P<name>[\w.-]+)\"?>(?P<input>.*?)</(?:function|invoke)>", re.S
)
BLOCK = re.compile(r"```(?P<name>bash|sh|shell|python|py|tool_code|tool|json)\s*\n(?P<input>.*?)```", re.S)
JSON_NAME = re.compile(r'"(?:name|action|tool|tool_name)"\s*:\s*"(?P<name>[^"]{1,80})"')
OBSERVATION = re.compile(
    r"^\s*\W*(?:observation|tool[_ ](?:response|result|output)|<tool_response>|output|result|<returncode>|"
    r"execution result)[\s:*>\]]*",
    re.I,
)


def read_calls(text: str, index: int) -> tuple[ToolCall, ...]:
    """The calls in an assistant's words, in order; empty when there are none."""
    if not any(hint in text for hint in HINTS):
        return ()
    found: list[tuple[str, str]] = [(m["name"].strip(), m["input"].strip()) for m in REACT.finditer(text)]
    found = found or [(m["name"], m["input"].strip()) for m in REACT_CALL.finditer(text)]
    for pattern in (FUNCTION, TAGGED, BLOCK):
        if found:
            break
        for m in pattern.finditer(text):
            inside = m["input"].strip()
            name = m.groupdict().get("name") or ""
            if pattern is TAGGED or name == "json":
                named = JSON_NAME.search(inside)
                if named is None:
                    continue
                name = named["name"]
            found.append((name, inside))
    if len(found) == 1 and found[0][0].lower() in ("none", "final answer", "finish"):
        return ()
    return tuple(ToolCall(f"text-{index}-{i}", name, given) for i, (name, given) in enumerate(found))


def is_block(call_name: str) -> bool:
    """Whether the call came from a code block: then only an answer that looks like a tool's makes it a call."""
    return call_name in ("bash", "sh", "shell", "python", "py", "tool_code")


def is_observation(text: str) -> bool:
    """Whether words begin as a tool's answer does."""
    return OBSERVATION.match(text) is not None
