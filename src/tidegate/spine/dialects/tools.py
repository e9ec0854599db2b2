"""A function tool's fields, which three dialects name alike but for the schema's."""

from typing import Any

from tidegate.spine.conversation import Extra, Tool
from tidegate.spine.dialects.fields import Fields, as_object, expected


def function_tool(fields: Fields, schema: str) -> Tool:
    """Name, description, JSON Schema of the arguments and `strict`; what else stands there is the tool's extra."""
    name, description = fields.text("name"), fields.text_or("description", "")
    parameters, strict = fields.take(schema), fields.take("strict")
    if strict is not None and not isinstance(strict, bool):
        raise expected("true or false", strict, fields.at("strict"))
    return Tool(
        name=name,
        description=description,
        parameters={} if parameters is None else as_object(parameters, fields.at(schema)),
        strict=strict,
        extra=fields.extra(),
    )


def kept_whole(value: dict[str, Any], kind: str, named: Any) -> Tool:
    """A tool that is no function: named by its own name, else by its kind, and written back as it came."""
    name = named.get("name") if isinstance(named, dict) else value.get("name")
    return Tool(name=name if isinstance(name, str) else kind, hosted=value)


def strict_field(tool: Tool) -> Extra:
    """`strict` where it was said."""
    return {} if tool.strict is None else {"strict": tool.strict}
