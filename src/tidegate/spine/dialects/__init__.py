"""API dialects ↔ the one message form: OpenAI chat, OpenAI responses, Anthropic messages, completions.

Every dialect module answers the same questions with the same names: `read_request`,
`write_request`, `read_messages`, `write_messages`; its `…_answers` module `read_answer`,
`write_answer`, `read_usage`, `write_usage`.  Reading then writing in one dialect says the same thing
again; `carry` takes a conversation from one dialect to another and says what was lost on the
way.  `answers` holds an answer as a stream of items, which every stream reader produces and
every stream writer accepts, so that a whole body and an event stream take the same road.
`table` finds all of it by a dialect's name.

Malformed input raises `InputError` naming its path (`messages[3].tool_calls[0].function.name`);
what is legal but unknown is kept whole and written back.
"""
