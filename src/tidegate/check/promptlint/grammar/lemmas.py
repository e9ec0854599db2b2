"""The base form of an English word, by rule: a small lemmatiser that can be read."""

import re
from functools import lru_cache

from tidegate.check.promptlint.grammar.wordset import word_set

IRREGULAR = {
    "is": "be", "are": "be", "was": "be", "were": "be", "been": "be", "being": "be", "am": "be", "has": "have",
    "had": "have", "having": "have", "does": "do", "did": "do", "done": "do", "doing": "do", "writes": "write",
    "wrote": "write", "written": "write", "writing": "write", "gives": "give", "gave": "give", "given": "give",
    "giving": "give", "made": "make", "making": "make", "makes": "make", "used": "use", "using": "use",
    "uses": "use", "began": "begin", "beginning": "begin", "begun": "begin", "said": "say", "told": "tell",
    "goes": "go", "kept": "keep", "spoke": "speak", "spoken": "speak", "put": "put", "putting": "put", "ended": "end",
    "cited": "cite", "citing": "cite", "cites": "cite", "closes": "close", "closing": "closing",
    "closed": "close", "replies": "reply", "replying": "reply", "replied": "reply", "queries": "query",
    "cannot": "can", "can't": "can", "won't": "will", "emojis": "emoji", "emoticons": "emoticon", "fewer": "few",
    "less": "less", "men": "man", "people": "person", "children": "child", "its": "it", "this": "this",
    "always": "always", "as": "as", "us": "us", "plus": "plus", "was't": "be", "bullets": "bullet",
    "sources": "source", "sentences": "sentence", "languages": "language", "pages": "page",
    "responses": "response", "phrases": "phrase", "lines": "line", "titles": "title", "messages": "message",
    "tables": "table", "examples": "example", "articles": "article", "notes": "note", "clauses": "clause",
    "quotes": "quote", "emotes": "emoji", "surname": "surname", "exceeds": "exceed", "spaces": "space", "names": "name",
    "analyses": "analysis", "hypotheses": "hypothesis", "indices": "index", "addresses": "address",
    "left": "leave", "leaving": "leave", "met": "meet", "found": "find", "sent": "send", "came": "come",
    "coming": "come", "went": "go", "gone": "go", "going": "go", "shown": "show", "showing": "show",
    "showed": "show", "thought": "think", "ran": "run", "running": "run", "begins": "begin", "hears": "hear",
    "heard": "hear", "stays": "stay", "says": "say", "chatting": "chat", "omitting": "omit", "omitted": "omit",
    "banned": "ban", "skipped": "skip", "skipping": "skip", "capped": "cap", "wrapped": "wrap",
    "wrapping": "wrap", "stripped": "strip", "dropping": "drop", "dropped": "drop", "getting": "get",
    "got": "get", "setting": "set", "cutting": "cut", "swapping": "swap", "permitted": "permit",
    "referring": "refer", "emitting": "emit", "formatted": "format", "formatting": "formatting",
    "admitting": "admit", "stopped": "stop", "planned": "plan", "bulleted": "bulleted", "numbered": "numbered",
    "series": "series", "species": "species", "lens": "lens", "news": "news", "basis": "basis", "yes": "yes",
    "hers": "hers", "thus": "thus", "versus": "versus", "status": "status", "focus": "focus", "gas": "gas",
    "concise": "concise", "thanks": "thanks", "sms": "sms", "css": "css", "js": "js", "https": "https",
    "themselves": "themselves", "caps": "caps", "capitals": "capital", "pleasantries": "pleasantry",
    "niceties": "nicety", "dashes": "dash", "citing,": "cite", "lowercased": "lowercase",
    "capitalised": "capitalize", "capitalise": "capitalize", "capitalized": "capitalize",
    "summarise": "summarize", "summarised": "summarize", "italicise": "italicize", "lists": "list",
    "texting": "text", "unanswered": "unanswered", "tries": "try", "tried": "try", "lies": "lie",
    "dies": "die", "bodies": "body", "thing": "thing", "something": "something", "nothing": "nothing",
    "anything": "anything", "everything": "everything", "string": "string", "during": "during",
    "morning": "morning", "evening": "evening", "spelling": "spelling", "heading": "heading",
    "headings": "heading", "greeting": "greeting", "greetings": "greeting", "opening": "opening",
    "ending": "ending", "wording": "wording", "meaning": "meaning", "billing": "billing", "booking": "booking",
    "bring": "bring", "king": "king", "ring": "ring", "sing": "sing", "need": "need", "feed": "feed",
    "speed": "speed", "exceed": "exceed", "embed": "embed", "red": "red", "bed": "bed", "shed": "shed",
    "proceed": "proceed", "succeed": "succeed", "indeed": "indeed", "hundred": "hundred",
    "clarifying": "clarifying", "writing,": "write", "thinking": "thinking", "reasoning": "reasoning",
    "interesting": "interesting", "ping": "ping", "setting,": "setting",
}  # fmt: skip


_AT_STEMS = word_set(
    "treat repeat float format heat beat seat cheat defeat retreat combat boat coat bloat threat chat entreat"
)


_MORE_E = word_set(
    "jok divid decid provid guid compar shar declar prepar requir inspir desir rephras paraphras promis summariz "
    "excus revis disclos enclos compos propos suppos expos confus accus challeng chang exchang engag encourag "
    "manag arrang merg urg mak tak shak wak lik strik hop typ scop shap copi styl rul schedul handl titl bundl "
    "settl sampl compil fil smil smok invok evok provok revok escap tun fin defin combin examin imagin determin "
    "declin underlin outlin combin quot not vot promot denot delet complet execut contribut distribut substitut "
    "includ conclud exclud preclud concluds bas eras rais phras paus clos us refus diffus advis supervis "
    "improvis surpris exercis hous releas decreas increas purchas cas leas"
)


_E_STEMS = _MORE_E | word_set(
    "writ giv mak us cit clos includ prefac introduc produc compos translat generat provid clos conclud structur "
    "not stat quot decid declin refus disclos capitaliz summariz italiciz shar leav tak hav com invok guarante "
    "choos updat creat delet execut describ phras finaliz mov propos approv archiv escalat reveal invit merg "
    "rang exceed minimiz maximiz emphasiz appendiz personaliz apologiz acknowledg referenc nam liv ask_e requir "
    "cod outlin tim pric welcom separat terminat indicat underlin bas"
)


DOUBLE_L = re.compile(
    r"(cancel|travel|label|model|signal|control|compel|propel|tunnel|total|equal|level|channel)l(?:ing|ed)"
)


BRITISH = re.compile(r"(\w{3,}[^aeiou\W])is(?:e|es|ed|ing)")


NOT_BRITISH = word_set(
    "promis advis rais prais otherwis precis concis nois surpris advertis revis supervis compromis exercis "
    "disguis expertis likewis premis paradis improvis franchis merchandis enterpris televis devis compris despis "
    "clockwis circumcis excis"
)


@lru_cache(maxsize=20_000)
def lemma(word: str) -> str:
    """The base form of a lower-case English word, by rule; unknown forms come back as they are."""
    w = word.replace("’", "'")
    if w in IRREGULAR:
        return IRREGULAR[w]
    if w.endswith("'s") or w.endswith("s'"):
        w = w[:-2] if w.endswith("'s") else w[:-1]
    if w in IRREGULAR:
        return IRREGULAR[w]
    if len(w) <= 3 or not w.isalpha():
        return w
    ise = BRITISH.fullmatch(w)
    if ise and f"{ise.group(1)}is" not in NOT_BRITISH:
        return f"{ise.group(1)}ize"
    if w.endswith("ies") and len(w) > 4:
        return w[:-3] + "y"
    if w.endswith(("sses", "shes", "ches", "xes", "zes")):
        return w[:-2]
    if w.endswith("s") and not w.endswith(("ss", "us", "is")):
        return w[:-1]
    double = DOUBLE_L.fullmatch(w)
    if double:
        return double.group(1)
    for suffix in ("ing", "ed"):
        if w.endswith(suffix) and len(w) > len(suffix) + 2:
            stem = w[: -len(suffix)]
            if stem in _E_STEMS or (stem.endswith("at") and stem not in _AT_STEMS and len(stem) > 3):
                return stem + "e"
            if suffix == "ed" and stem.endswith("i"):
                return stem[:-1] + "y"
            if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "lsz":
                return stem[:-1]
            if stem[-1] in "cvu" or stem.endswith(("dg", "ns", "rg", "rs", "os", "as")):
                return stem + "e"
            if any(v in stem for v in "aeiouy"):
                return stem
    return w
