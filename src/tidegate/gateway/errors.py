"""Errors as clients see them: OpenAI's shape with a stable `code`, Anthropic's on `/v1/messages`.

Every code a tenant can receive from the gateway itself stands in `ERRORS`, with its words.  An
upstream's own errors pass through as they are, except that it refused *our* credentials: that
is not the tenant's doing and its words may quote our key.
"""

from typing import NamedTuple

import msgspec

from tidegate.spine.call import Dialect

_encode = msgspec.json.Encoder().encode


class ErrorWords(NamedTuple):
    """OpenAI's `type` of an error, and its message."""

    type: str
    message: str


ERRORS: dict[str, ErrorWords] = {
    "missing_api_key": ErrorWords(
        "authentication_error", "No API key was given: send it as 'Authorization: Bearer <key>' or 'x-api-key: <key>'."
    ),
    "invalid_api_key": ErrorWords("authentication_error", "The API key is unknown, expired or revoked."),
    "unknown_path": ErrorWords("invalid_request_error", "This path does not exist here."),
    "method_not_allowed": ErrorWords("invalid_request_error", "This path does not take this method."),
    "model_not_found": ErrorWords("invalid_request_error", "The model does not exist or this key may not use it."),
    "invalid_json": ErrorWords("invalid_request_error", "The body is not the JSON object that was expected."),
    "invalid_feedback": ErrorWords("invalid_request_error", "The feedback names no answer or says nothing."),
    "unsupported_encoding": ErrorWords("invalid_request_error", "Bodies are taken as they are: no content encoding."),
    "dialect_not_supported": ErrorWords("invalid_request_error", "No upstream of this model takes this kind of call."),
    "body_too_large": ErrorWords("invalid_request_error", "The body is larger than allowed."),
    "headers_too_large": ErrorWords("invalid_request_error", "The request's headers are larger than allowed."),
    "malformed_request": ErrorWords("invalid_request_error", "The request is not well-formed HTTP."),
    "http_version_not_supported": ErrorWords("invalid_request_error", "HTTP/1.1 and HTTP/1.0 are spoken here."),
    "expectation_failed": ErrorWords("invalid_request_error", "Only 'Expect: 100-continue' can be met."),
    "request_timeout": ErrorWords("invalid_request_error", "The request did not arrive in time."),
    "rate_limited": ErrorWords("rate_limit_error", "The limit of this tenant is reached."),
    "overloaded": ErrorWords("overloaded_error", "Waiting would be hopeless now."),
    "draining": ErrorWords("overloaded_error", "This gateway is shutting down; ask again."),
    "too_many_connections": ErrorWords("overloaded_error", "Too many connections."),
    "not_configured": ErrorWords("api_error", "This endpoint is not configured here."),
    "budget_spent": ErrorWords("rate_limit_error", "The budget of this run or tenant is spent."),
    "budget_unbounded": ErrorWords(
        "invalid_request_error",
        "Tokens or money are capped here, and this call reads something whose size it does not show.",
    ),
    "budget_unpriced": ErrorWords("invalid_request_error", "Money is capped here, and this model has no price."),
    "budget_unavailable": ErrorWords("api_error", "The budget's accounts cannot be kept now; nothing was sent."),
    "run_required": ErrorWords(
        "invalid_request_error", "Runs are capped here: name yours with the header x-tidegate-run-id."
    ),
    "mcp_server_not_found": ErrorWords("invalid_request_error", "There is no tool server of this name here."),
    "session_not_found": ErrorWords(
        "invalid_request_error", "There is no such tool session (any more); begin a new one with initialize."
    ),
    "too_many_sessions": ErrorWords("overloaded_error", "The tool server has as many sessions as are allowed."),
    "upstream_unreachable": ErrorWords("api_error", "No upstream of this model could be reached."),
    "upstream_broken": ErrorWords("api_error", "The upstream broke off its answer."),
    "upstream_error": ErrorWords("api_error", "The upstream answered with an error."),
    "upstream_credentials_refused": ErrorWords(
        "api_error", "The upstream refused the gateway's own credentials; the operator must look at them."
    ),
    "timeout_wait": ErrorWords("overloaded_error", "The request waited too long for an upstream."),
    "timeout_connect": ErrorWords("api_error", "The upstream could not be connected in time."),
    "timeout_first_byte": ErrorWords("api_error", "The upstream did not begin to answer in time."),
    "timeout_idle": ErrorWords("api_error", "The upstream stopped in the middle of its answer."),
    "timeout_total": ErrorWords("api_error", "The whole call took longer than allowed."),
    "timeout_client": ErrorWords("invalid_request_error", "The client stopped reading its answer."),
    "internal_error": ErrorWords("api_error", "The gateway failed; the trace names this request."),
}

# Anthropic knows a closed list of error types.
_ANTHROPIC_TYPE: dict[int, str] = {
    400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
    413: "request_too_large", 429: "rate_limit_error", 500: "api_error", 503: "overloaded_error",
    529: "overloaded_error",
}  # fmt: skip

REASONS: dict[int, bytes] = {
    200: b"OK", 201: b"Created", 202: b"Accepted", 204: b"No Content", 400: b"Bad Request", 401: b"Unauthorized",
    403: b"Forbidden", 404: b"Not Found", 405: b"Method Not Allowed", 408: b"Request Timeout", 409: b"Conflict",
    413: b"Content Too Large", 415: b"Unsupported Media Type", 417: b"Expectation Failed",
    422: b"Unprocessable Content", 429: b"Too Many Requests", 431: b"Request Header Fields Too Large",
    499: b"Client Closed Request", 500: b"Internal Server Error", 501: b"Not Implemented", 502: b"Bad Gateway",
    503: b"Service Unavailable", 504: b"Gateway Timeout", 505: b"HTTP Version Not Supported", 529: b"Overloaded",
}  # fmt: skip


def reason(status: int) -> bytes:
    """The reason phrase of a status."""
    return REASONS.get(status, b"Unknown")


def message_of(code: str) -> str:
    """The words of a code."""
    return ERRORS[code].message if code in ERRORS else code.replace("_", " ")


def error_document(dialect: Dialect, status: int, code: str, message: str, request_id: str | None) -> dict[str, object]:
    """The error as a JSON object in the dialect's shape; `code` is stable in both."""
    if dialect == "messages":
        kind = _ANTHROPIC_TYPE.get(status, "invalid_request_error" if status < 500 else "api_error")
        return {
            "type": "error",
            "error": {"type": kind, "message": message, "code": code},
            "request_id": request_id,
        }
    kind = ERRORS[code].type if code in ERRORS else "invalid_request_error" if status < 500 else "api_error"
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def error_body(
    dialect: Dialect, status: int, code: str, message: str | None = None, request_id: str | None = None
) -> bytes:
    """The JSON body of an error answer."""
    return _encode(error_document(dialect, status, code, message or message_of(code), request_id))


def error_event(dialect: Dialect, code: str, request_id: str | None = None) -> bytes:
    """An event that tells the reader of a stream, in its dialect, that the answer is not complete.

    The `openai` client raises APIError on an `error` object in a chunk; the `anthropic` client
    on an `error` event; the responses API has an event of that type.
    """
    document = error_document(dialect, 502, code, message_of(code), request_id)
    if dialect == "messages":
        return b"event: error\ndata: " + _encode(document) + b"\n\n"
    if dialect == "responses":
        flat = {"type": "error", "code": code, "message": message_of(code), "param": None}
        return b"event: error\ndata: " + _encode(flat) + b"\n\n"
    return b"data: " + _encode(document) + b"\n\n"
