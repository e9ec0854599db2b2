"""Meaning frames: verb classes beside object classes, so that one line here reads many wordings.

"Do not restate what the user asked" and "Never echo the question" are one request.  A frame is a
pattern over the lemmas of a clause.  In a pattern a word stands for its lemma, `a/b` for either,
`@name` for a class of words, `x?` may be missing, `..` skips up to three words and `...` up to
six.  A frame says what the wording means affirmatively; the sign comes from the negation that
the last matched word stands under (the first one, when the frame starts with `^`; no negation is
looked at, when it starts with `=`).
"""

# ruff: noqa: E501

import re
from functools import cache
from typing import NamedTuple

from tidegate.check.promptlint.text import lemma

CLASSES: dict[str, str] = {
    "show": "explain show describe give include reveal present lay provide output share justify state write display expose"
            " print detail add contain have tell spell offer disclose list walk narrate outline contain supply attach append"
            " insert demonstrate carry need require accompany",
    "tell": "reveal disclose tell say mention admit acknowledge state inform declare divulge announce confirm share hint let"
            " identify confess make_clear note remind",
    "give": "give offer share express state voice provide add include tell volunteer say insert present form hold have take",
    "repeat": "repeat restate rephrase paraphrase echo recap reiterate summarize parrot mirror quote",
    "ask": "ask question query pose raise put",
    "handoff": "transfer escalate hand route refer connect forward pass redirect send direct involve put loop offer pull",
    "human": "human person representative rep colleague supervisor manager staff specialist teammate operator advisor adviser",
    "consent": "confirmation permission approval consent authorization authorisation go-ahead sign-off okay agreement assent",
    "seek": "ask request obtain get seek require wait need await secure receive have",
    "rely": "use rely draw fall turn lean resort bring fill go apply include add tap depend incorporate supplement",
    "user": "user customer client reader guest caller patient student member visitor person they them he she learner employee"
            " shopper passenger tenant pupil player",
    "question": "question query request prompt message",
    "reason": "reasoning rationale derivation logic thinking working justification explanation workings reason deduction thought",
    "answer": "answer conclusion result verdict solution bottom recommendation finding outcome takeaway",
    "refuse": "refuse decline reject deny rebuff",
    "extra": "additional extra unsolicited further related unrequested supplementary bonus unasked",
    "info": "information info tip advice suggestion detail fact topic recommendation content context idea material remark commentary comment resource",
    "begin": "start begin open lead kick",
    "end": "end finish close conclude wrap",
    "bot": "ai bot chatbot machine robot assistant program model computer software automaton",
}  # fmt: skip

# attribute | operator | value | patterns.  Operators: present, absent (the wording means "without"), is (a choice).
_FRAMES: tuple[tuple[str, str, str, str], ...] = (
    ("restate", "present", "", "@repeat .. @question | @repeat back? what .. @user .. ask/say/write/want | @repeat .. word of? the? @user"),
    ("reasoning-shown", "present", "",
     "@show .. @reason | @show .. your? work | @show .. step by step | explain how you | explain .. why | step by step reasoning"
     " | step by step explanation | @show/walk ... how you .. reach/get/arrive/come/derive/find/decide | reason/think step by step aloud?"
     " | think aloud/loud | think out loud | thought process | chain of thought | talk ... through your | intermediate step"
     " | answer ... with/without ... @reason | no @reason | without .. @reason | explain yourself | explain your answer/choice/conclusion/decision/result"
     " | justify your? answer/choice/conclusion/decision | @reason .. be require/mandatory/expect/unnecessary/forbid/prohibit/allow/show/include/explain/omit/leave"),
    ("reasoning-shown", "absent", "",
     "=only/just/solely ... result/answer/number/label/value/output | =answer/result/output/label/number .. only | =answer/result and nothing else/more"
     " | =nothing but the .. answer/result/label/number"),
    ("opinion", "present", "",
     "@give .. opinion/view/stance/viewpoint/judgement/judgment | opinionated | take .. side/stand/stance/position | pick .. side | personal opinion/view/preference/stance"
     " | say/tell ... what you think/prefer | ^recommend ... you think/consider/believe | recommend .. you would | ... you would choose/pick/recommend/buy | your own opinion/view"
     " | editorialize/editorialise"),
    ("opinion", "absent", "",
     "^stay/remain/be/keep .. neutral/impartial/unbiased/objective/nonpartisan | ^neutral tone/stance/position | impartially/objectively"),
    ("handoff", "present", "",
     "@handoff ... human/live/support .. agent/representative/support/operator/team/staff/person/rep/advisor? | @handoff ... to/with/in a/an/the/our/another/some? .. @human"
     " | human handoff/handover/escalation/transfer/takeover | escalate/escalation | @handoff ... support team/staff | @handoff ... live chat/agent"
     " | speak/talk to a human/person/representative"),
    ("handoff", "absent", "", "^handle/resolve/solve/settle ... yourself"),
    ("outside-knowledge", "present", "",
     "@rely ... outside/own/general/prior/background/world/external/training/pretrained/built/internal .. knowledge/information/source/data/fact/memory"
     " | outside/own/prior/external/general/world knowledge | knowledge from training | go beyond the .. document/context/source/passage/material/text"
     " | information ... not .. in the .. document/context/source/passage | @rely ... your training"),
    ("outside-knowledge", "absent", "",
     "=only/solely/exclusively/strictly ... provide/give/supply/retrieve/above/attach/following/cite? document/context/source/passage/material/text/excerpt/article/knowledge/base/manual/faq .."
     " | =only ... document/context/passage/source/excerpt you .. have/give/see | =document/context/passage/source/excerpt .. alone/only/exclusively | =nothing but the .. document/context/source/passage/excerpt"
     " | =stick/confine/limit/restrict ... to the .. document/context/source/passage/excerpt"),
    ("extra-info", "present", "",
     "@give/suggest/recommend/offer/propose/include/mention .. @extra .. @info | proactively | go beyond the/what ... question/ask/request/answer | unsolicited .. @info"
     " | volunteer .. @info | @info .. @user .. not ask/request | more than .. @user? ask/request | anything beyond .. @question/ask | anticipate ... follow up/need/question"
     " | related question/topic/subject/resource/article | next step suggestion | extra tip | upsell | cross sell"),
    ("extra-info", "absent", "",
     "=only ... what .. be/@user? .. ask/request | =answer/stick/keep/limit/confine/restrict .. only? .. strictly/exactly/to/only? the .. question/request .. ask/only/alone/itself?"
     " | =nothing beyond/more than/but what .. ask | =exactly what .. ask/request and nothing | =only .. the @question .. ask/itself | =only address/answer the @question"),
    ("self-mention", "present", "",
     "@tell ... be a/an? @bot | @tell ... a/an @bot | be a/an .. @bot .. @tell/disclose? | talk/speak/chat/interact to/with a/an @bot | present/introduce/describe/identify yourself as a/an .. @bot"
     " | ai/artificial nature/status/identity | not .. human/person | mention ... be an ai | refer to yourself as a/an .. @bot | be automate/artificial"),
    ("self-mention", "absent", "",
     "pretend/claim/imply/suggest/act/pose/present ... be/as a/an? .. human/person | say .. you be a? human/person | pass for/as a? human"),
    ("first-person", "present", "",
     "first person | refer to yourself | speak of yourself | pronoun \x01 | talk about yourself | self reference"),
    ("answer-position", "is", "first",
     "@answer first/upfront | lead/begin/start/open with the/your? .. @answer | @answer before .. @reason/detail/background/explanation/context/evidence/step | @answer line .. first"
     " | @answer .. come first | @answer .. at the top/start/beginning | bottom line up front | @reason/detail/background .. after .. @answer | @answer then/followed by .. @reason"),
    ("answer-position", "is", "last",
     "@answer .. last | @end with the/your? .. @answer | @reason/detail/background/evidence/analysis/explanation/context .. before .. @answer | @answer .. at the .. end/bottom | @answer after .. @reason/explanation/analysis"
     " | reason/think/analyze/explain first | @reason first | save/leave/keep/hold/put the .. @answer .. for? .. last/end"),
    ("user-name", "present", "",
     "address/call/greet/name/refer ... by/with/use .. name | use/mention/include/say/insert .. @user .. name | @user name | personalize/personalise ... name | by .. first/given name | first name basis"),
    ("refuse", "present", "",
     "@refuse .. @question/topic/task/anything/something/order/command/user | @refuse to? answer/help/discuss/respond/engage/assist/comply/talk/provide/give/write/produce | turn .. down .. @question/anyone/user? | refusal | say no to | refuse/decline"
     " | not answer/discuss/engage/address ... question/query/topic/request/about/on | ^not help with | ^not comply | turn away"),
    ("refuse", "absent", "",
     "^always answer/help/comply/assist/respond | ^must .. always answer/help/comply | answer/handle/fulfil/fulfill/address/accept/honor/honour/grant every/all/each/any @question | comply with every/all/any"
     " | answer .. no matter what | ^help .. with anything/everything"),
    ("abstain", "present", "",
     "@tell ... you/it .. not know | @tell ... i do not know | @tell/express/convey/flag/voice/signal/indicate/show .. uncertainty/doubt/ignorance | @tell ... be .. unsure/uncertain/unknown"
     " | @tell ... not .. sure/certain | do not know the answer | @tell ... not .. answer | @tell ... not/lack .. have? .. information/answer/data"),
    ("confident", "present", "", "^sound/be/appear/stay/remain/always .. confident/certain/sure/decisive | confidently"),
    ("warmth", "present", "",
     "@show/express/convey/display/offer/voice .. empathy/sympathy/compassion/warmth/kindness/emotion/feeling/care/concern | acknowledge .. feeling/frustration/emotion"
     " | be/sound/stay/remain .. warm/empathetic/sympathetic/compassionate/caring/kind | warm/empathetic/sympathetic/compassionate/caring tone/manner/voice/reply/way | with empathy/sympathy/compassion/warmth | warmly/kindly/empathetically | sympathize/empathize/sympathise/empathise"),
    ("warmth", "absent", "",
     "emotionless/unemotional/dispassionate/detached/clinical/impersonal/cold/stoic | without emotion/feeling/sentiment | matter of fact"),
    ("humor", "present", "", "joke/pun/humor/humour/wit/wisecrack/banter/comedy/gag | be/sound .. funny/humorous/witty/comic/hilarious | make ... laugh | funny/humorous/witty .. reply/answer/tone/remark/line"),
    ("humor", "absent", "", "^stay/remain/be/keep/sound .. serious/earnest/solemn/sober | serious/solemn/sober tone/manner/at | seriously"),
    ("clarity-ask", "present", "", ""),
    ("verbatim", "present", "", "verbatim | word for word | copy .. text/passage/wording/sentence/material/from | direct quote/quotation | exact wording | quote .. directly/exactly | quote .. from? .. source/document/policy/passage/text"),
    ("verbatim", "absent", "", "in your own word | paraphrase | reword"),
    ("praise", "present", "", "compliment/praise/flatter/flattery/congratulate | good/great question"),
    ("smalltalk", "present", "", "small talk/chat | chitchat/chit-chat | pleasantry"),
    ("digits", "present", "", "number .. as/in/with/use .. digit/numeral/figure | digit/numeral .. for .. number | number ... be .. digit/numeral/figure | arabic numeral | use .. digit/numeral | numerically"),
    ("digits", "absent", "", "spell .. number/figure/digit | spell .. out | number .. as/in .. word | number .. spell | number .. word"),
    ("profanity", "present", "", "swear/curse | foul language | expletive"),
    ("tools-any", "present", "", "use/call/invoke/make/run .. tool/function .. call? | tool/function call/use | any tool/function"),
    ("units", "is", "metric", "metric | si unit | kilometer/kilometre/km | kilogram/kg | meter/metre | centimeter/centimetre | liter/litre"),
    ("units", "is", "imperial", "imperial | mile | pound and | foot/feet | inch | us customary | gallon | fahrenheit_"),
    ("number-steps", "present", "", "number .. step/item/point | number list | numbered list/step/item/point/format | ordered list | enumerate/enumerated .. step/item/list? | step .. number | number the"),
    ("heading", "present", "", "title/heading/header .. at the top | @begin .. with a/an? .. title/heading/header | give .. a/an title/heading/header | title or heading | under .. heading"),
    ("language", "is", "the user's language",
     "language .. of the @user | @user .. language | language .. @user .. write/use/speak/message/ask/communicate | same language .. as | language .. the? .. question/message/request/conversation/query | in whatever/whichever language | language .. in which .. @user"
     " | match/mirror/follow .. language"),
)  # fmt: skip


class Frame(NamedTuple):
    """One compiled pattern."""

    attribute: str
    operator: str
    value: str
    pattern: re.Pattern[str]
    anchor: str  # first, last or none
    heads: frozenset[str]  # one of these lemmas must occur


class Match(NamedTuple):
    """A frame found at tokens [start, end)."""

    attribute: str
    operator: str
    value: str
    start: int
    end: int
    anchor: int | None


def _word(part: str) -> str:
    """The alternatives of one pattern word as a regular expression."""
    names: list[str] = []
    for name in part.split("/"):
        names += CLASSES[name[1:]].split() if name.startswith("@") else [name]
    forms = dict.fromkeys(f for n in names for f in (lemma(n), n))
    return "(?:" + "|".join(r"\x01\d+\x02" if f == "\x01" else re.escape(f) for f in forms) + ")"


def _compile(pattern: str) -> tuple[re.Pattern[str], str, frozenset[str]]:
    anchor = {"^": "first", "=": "none"}.get(pattern[0], "last")
    out, heads = "", frozenset[str]()
    for part in pattern.lstrip("^=").split():
        if part in ("..", "..."):
            out += r"(?: \S+){0,%d}?" % (3 if part == ".." else 6)
        elif part.endswith("?"):
            out += f"(?: {_word(part[:-1])})?"
        else:
            alternatives = _word(part)
            if not heads and r"\x01" not in alternatives:
                heads = frozenset(x.replace("\\", "") for x in alternatives[3:-1].split("|"))
            out += f" {alternatives}"
    return re.compile(out + r"(?= |$)"), anchor, heads


@cache
def frames() -> tuple[Frame, ...]:
    """All frames, compiled once."""
    out = []
    for attribute, operator, value, patterns in _FRAMES:
        for pattern in filter(None, (p.strip() for p in patterns.split("|"))):
            regex, anchor, heads = _compile(pattern)
            out.append(Frame(attribute, operator, value, regex, anchor, heads))
    return tuple(out)


@cache
def _by_head() -> dict[str, tuple[int, ...]]:
    table: dict[str, list[int]] = {}
    for k, f in enumerate(frames()):
        for h in f.heads or ("",):
            table.setdefault(h, []).append(k)
    return {h: tuple(ks) for h, ks in table.items()}


def frame_matches(lemmas: list[str]) -> list[Match]:
    """Every frame found in a clause, the longest match of an attribute's value once."""
    table = _by_head()
    wanted = sorted({k for lem in ("", *lemmas) for k in table.get(lem, ())})
    if not wanted:
        return []
    text = "".join(f" {lem.replace(' ', '_')}" for lem in lemmas)
    found: dict[tuple[str, str, str], Match] = {}
    for k in wanted:
        f = frames()[k]
        m = f.pattern.search(text)
        if m is None:
            continue
        start, end = text.count(" ", 0, m.start() + 1) - 1, text.count(" ", 0, m.end())
        anchor = {"first": start, "last": end - 1, "none": None}[f.anchor]
        match = Match(f.attribute, f.operator, f.value, start, end, anchor)
        old = found.get(match[:3])
        if old is None or (match.end - match.start, -match.start) > (old.end - old.start, -old.start):
            found[match[:3]] = match
    return list(found.values())
