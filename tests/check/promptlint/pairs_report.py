"""Invented pairs kept for the report: written after the grammar, run to measure it, never to tune it."""

CONFLICTS = """
length.words | Replies to tenants have no more than 55 words. | At least 85 words are needed in every reply.
length.words | Keep it under fifty words. | Never send fewer than 70 words.
length.words | Your response should be 30 words or shorter. | Every response must exceed 60 words.
length.words | The word limit for any reply is 40. | Each reply should have a minimum length of 65 words.
length.sentences | Two sentences at most. | You must write at least four sentences in every answer.
length.sentences | Never go over three sentences. | Each reply comprises at least five sentences.
length.sentences | Your replies are limited to one sentence. | Use a minimum of three sentences per reply.
count.bullets | Present exactly three bullets. | Present at least five bullets in each reply.
count.bullets | Your answer contains exactly 7 bullet points. | No answer may have more than 4 bullet points.
language | Converse in Norwegian at all times. | Your replies must always be in Czech.
language | Only reply in Arabic. | Reply in Russian regardless of the question's language.
language | Hungarian is the sole language of your replies. | Write every answer in Thai.
format | Produce JSON and nothing more. | Say goodbye with a warm closing line at the end of every reply.
format | Answer only with valid YAML. | Begin every reply with a friendly greeting.
format | Your reply must consist solely of a JSON object. | Write your replies as continuous prose.
format.markdown | Markdown must not be used. | Put important words in bold in every answer.
format.markdown | Plain text only, please. | Every reply should have Markdown headings.
format.markdown | Replies may never contain Markdown. | Always use a table for the timetable.
citation | Back up every statement with a source. | Do not include citations.
citation | No references whatsoever. | Each answer must cite at least one source.
style.emoji | Put an emoji at the end of each reply. | Avoid emojis completely.
style.emoji | Emoji use is prohibited. | Always include two emojis.
case | All of your output has to be lowercase. | Write in capital letters only.
case | Never use uppercase letters. | Each sentence starts with a capital letter.
keyword | Every email must mention the phrase "limited offer". | The phrase "limited offer" is forbidden.
keyword | Do not say "sorry". | Always include the word "sorry".
phrase.start | Each reply opens with "Hello there!" | Skip greetings and begin with the answer right away.
phrase.start | Start with "Good evening". | Always start with "Dear patient".
length.vs_phrase | Replies are at most 9 words long. | Always add the sentence "Tickets are valid for ninety minutes and cannot be refunded once they have been stamped."
interaction.clarify | You must ask a clarifying question before each answer. | Do not ask questions back.
interaction.clarify | Every message ends with a question for the guest. | Asking clarifying questions is not allowed.
refusal | Always answer, even when you don't know for certain. | If the archive has no entry, say you don't know.
refusal | Never admit that you don't know something. | When the catalogue lacks the item, say that you don't know.
tool | Invoke get_weather on every turn. | Never use get_weather.
tool | The `pay_bill` tool is forbidden. | Always call `pay_bill` first.
tone | Speak like a close friend, very casually. | Stay strictly formal.
tone | Use formal language throughout. | Write informally with plenty of slang.
verbosity | Keep every reply extremely short. | Give long and detailed explanations in every reply.
verbosity | Answers must be as concise as possible. | Explain everything in great depth.
audience | Assume the reader knows nothing about the field; explain all terms for beginners. | Write for experts only.
"""
NEAR = """
scope | The abstract has at most 60 words. | The report has at least 300 words.
scope | In the RISKS section use at most 30 words. | In the PLAN section use at least 90 words.
satisfiable | Use no fewer than 3 sentences. | Use no more than 6 sentences.
satisfiable | Offer up to 5 suggestions. | Offer at least 2 suggestions.
channel | Search queries must be in English. | Reply to the customer in Spanish.
channel | Write the internal ticket note as JSON. | Write the message to the tenant as plain prose.
channel | Database records are stored as JSON. | Answer in flowing prose.
condition | If the shipping country is Spain, reply in Spanish. | If the shipping country is Italy, reply in Italian.
condition | For gold members, write at least 90 words. | For silver members, write at most 40 words.
condition | When the question is about refunds, answer in two sentences. | When the question is about repairs, answer in at least five sentences.
exception | Do not use emojis, unless the customer does so first. | If the customer has used emojis first, you may use one.
exception | Use no Markdown except in code answers. | In code answers, use a Markdown code block.
priority | Answers stay below 50 words; rules labelled CRISIS have priority over this one. | CRISIS: if somebody reports a gas leak, write at least 80 words of instructions.
priority | Use at most two sentences, but legal rules override this. | Legal: when a contract is mentioned, write at least four sentences.
default | Reply in English by default. | When the tenant writes in Polish, reply in Polish.
quoted | An example of an unwanted reply: "## Offer **50%**". | Use plain text only.
quoted | Earlier versions of this prompt asked for 300 words. | Write at most 80 words.
object | Never say "cheap". | Always say "affordable".
object | Call list_rooms before every answer. | Never call delete_room.
object | Do not mention the weather. | Mention the opening hours.
redundant | Use at least one source per claim. | Cite a source for each claim.
redundant | Do not use emojis. | Emojis are not allowed.
compatible | Be concise. | Mention all required forms.
compatible | Keep answers short. | Name every fee that applies.
compatible | Use headings. | Keep a formal tone.
compatible | Answer in Portuguese. | Use the 24-hour clock.
compatible | Do not use jargon. | Explain the steps.
input | Customers may send photos with up to 200 words of text. | Reply in at most 50 words.
input | The user will write in Turkish. | Reply in English.
compatible | Ask for the address when it is missing. | Never ask for passwords.
"""
