"""Other ways of saying a thing, brought to the one form that the grammar reads."""

# ruff: noqa: E501

from functools import lru_cache

from tidegate.check.promptlint.grammar.lemmas import lemma
from tidegate.check.promptlint.grammar.rows import Row, Rows
from tidegate.check.promptlint.grammar.statements import STATEMENTS
from tidegate.check.promptlint.grammar.wordings import WORDINGS

_UNIT = r"(?P<u>words|sentences|paragraphs|characters|bullets|bullet points|items|lines|emojis?|links|questions|examples|sections|headings|tables)"


# other ways to say the same, written as the grammar knows them
_AGENT = r"(?:the |our |this |your )?(?:ai |virtual |digital |chat ?)?(?:assistant|bot|chatbot|model|agent|system|copilot|helper|you)"
# registers: polite, legal and corporate wordings of a plain imperative
REGISTERS: tuple[Row, ...] = (
    (r"^\s*(?://+|--|;;|/\*+|\*\s)\s*|\s*\*/\s*$", ""),
    (r",?\s*\b(?:please|kindly|pls)\b,?(?=\s|[.!]|$)(?! (?:and|or)\b)", ""),
    (rf"^\s*(?:we|i) (?:kindly |would |do |really )?(?:ask|want|expect|need|require|request|like|instruct|advise)(?: that)?(?: {_AGENT})? (?:to )?(?=\w)(?!(?:every|each|all|a|an|the|our|no|only|any)\b)", ""),
    (rf"^\s*(?:it is )?(?:requested|expected|required|asked|mandated) (?:that|of) {_AGENT}(?: should| shall| must| to| will)? (?=\w)", ""),
    (rf"^\s*{_AGENT} (?P<m>shall|must|will|should|has to|have to|is to|are to|needs? to|ought to|(?:is|are) (?:required|expected|obliged|requested|supposed|instructed|asked) to) (?P<n>not |never |always |only |at all times )?(?=[a-z])(?!(?:be|have|get) (?:\w+ed|a|an)\b)", lambda m: {"not ": "must not ", "at all times ": "always "}.get( (m.group("n") or "").lower(), m.group("n") or ("should " if m.group("m").lower() in ("should", "ought to") else "must "))),
    (rf"^\s*{_AGENT} (?:must not|shall not|should not|will not|may not|is not (?:allowed|permitted) to|are not (?:allowed|permitted) to|(?:is|are) (?:forbidden|prohibited|barred|banned) (?:from|to)) (?=[a-z])", "must not "),
    (r"\b(?:we|i) (?:want|need|expect|would like) (?=(?:the |your |my )?(?:entire |whole |full |complete )?(?:output|response|answer|reply|text|result)\b)", "give "),
    (r"\b(?:outside of|apart from|besides|other than) (?P<x>[A-Z]\w+), (?=no other language)", r"only use \g<x>, "),
    (r"\bshall\b", "must"),
    (r"\b(?:refrain|desist|abstain|keep) from (?P<v>\w+ing)\b", lambda m: "do not " + lemma(m.group("v").lower())),
    (r"\b(?P<n>each|every|all) and every\b", r"\g<n>"),
    (r"\bcompris(?:e|es)\b(?: of)?", "contain"),
    (r",?\s*\b(?:no more(?:,)? (?:and )?no (?:fewer|less)|not one more(?:,)? not one (?:fewer|less)|no (?:fewer|less)(?:,)? (?:and )?no more)\b", ""),
    (r",?\s*\b(?:such as|for instance|e\.g\.?,?|like for example) (?:\w+(?:,? (?:and|or) |)?){1,4}(?=\s+(?:must|should|may|is|are|can)\b|[.;,]|$)", ""),
)  # fmt: skip
_END = r"(?=\s*[.;,:!]|\s*$|\s+(?:in|for|to|on|with|at|when|if|unless|and|because)\b)"
COMPARED = {"<=": "at most", "≤": "at most", ">=": "at least", "≥": "at least", "<": "fewer than", ">": "more than"}
# predicates and idioms that forbid, demand or limit, said with the plain words for it
PREDICATES: tuple[Row, ...] = (
    (r"\bnever,? ever,?(?=\s)", "never"),
    (r"\b(?:is|are) (?P<n>not|never) to be (?=\w+(?:ed|en|n|t)\b|given|put|sent|made|read|cut|done|told|said)", r"must \g<n> be "),
    (r"\b(?P<v>leave|leaves|cross|crosses|pass|passes) (?:your|the \w+['’]s) (?:mouth|lips|tongue|keyboard|pen)\b", "be used"),
    (r"\bwords? out of your mouth\b", "words"),
    (r"^(?P<s>[^,;:]{3,60}?) (?:is|are|stays?|remains?) (?:strictly |always )?(?:a )?(?:secret|confidential|private|classified|under wraps|between us)(?=\s*[.;!]|$)", r"never reveal \g<s>"),
    (r"\bhand (?:out )?(?P<x>(?:the|our|your|a|an) [\w ]+?) (?:out )?to (?=(?:every|each|any|all|the|who\w*|anyone|everyone)\b)", r"give \g<x> to "),
    (r"\bname-drop\b", "mention"),
    (r"\b(?:brand|product|company|trade) name (?=\x01)", "word "),
    (r"^\s*(?:the )?(?:hard |upper |strict )?(?:limit|max(?:imum)?|cap|ceiling|upper (?:limit|bound))\s*:\s*(?=\d+ )", "use at most "),
    (r"^\s*(?:the )?(?:min(?:imum)?|floor|lower (?:limit|bound))\s*:\s*(?=\d+ )", "use at least "),
    (r"\bmax(?:imum)? (?:reply |answer |response )?(?:length|size)\s*(?::|is|of|=)\s*(?=\d)", "use at most "),
    (r"\bmin(?:imum)? (?:reply |answer |response )?(?:length|size)\s*(?::|is|of|=)\s*(?=\d)", "use at least "),
    (r"\bthe (?P<u>word|character|sentence|bullet) count (?:must|may|should|can|is to|will) (?:not|never) (?:exceed|be (?:above|over|more than)|go (?:above|over|beyond|past)|surpass|top) (?P<n>\d+)", r"use at most \g<n> \g<u>s"),
    (r"\bthe (?P<u>word|character|sentence|bullet) count (?:must|may|should|can|is to|will) (?:not|never) (?:(?:be|fall|drop|go|sink|dip) (?:below|under)|be less than) (?P<n>\d+)", r"use at least \g<n> \g<u>s"),
    (r",? or (?:else )?(?:it|they|the \w+|your \w+) (?:will |may |might )?(?:gets?|is|are|be) (?:\w+ly )?(?:cut|truncated|lost|dropped|clipped|chopped|split|rejected|discarded|refused)\b[^,;]*", ""),
    (r"(?<![\w<>=/-])(?P<o><=|≤|>=|≥|<|>) ?(?P<n>\d+)(?= (?:words?|sentences?|paragraphs?|characters?|chars|bullets?|bullet points|items?|lines?|questions?|emojis?)\b)", lambda m: f"{COMPARED[m.group('o')]} {m.group('n')}"),
    (r"\b(?P<m>must|should|shall|has to|have to|needs? to|is to|are to) be (?:entirely |completely |wholly )?(?:absent|missing|banished|gone|barred|kept out|kept away) (?:from|in|of) ", r"\g<m> never appear in "),
    (r"\bset foot (?P<p>in|on|inside)\b", r"been \g<p>"),
    (r"^\s*(?:the )?(?P<u>word|character|sentence|bullet|line|paragraph)s?(?: count| limit)?\s*(?P<o><=|≤|>=|≥|<|>)\s*(?P<n>\d+)", lambda m: f"use {COMPARED[m.group('o')]} {m.group('n')} {m.group('u')}s"),
    (r"\b(?:must|may|should|can) (?:not|never) be (?:missing|omitted|left out|absent|forgotten|skipped|lacking)\b", "must always be included"),
    (r"^(?:an? |any |every |all |no )?\w+ (?:without|lacking|that lacks?|with no) (?P<x>(?:an? |any )?[\w ]{3,30}?) (?:is|are|will be|gets?|counts? as) (?:\w+ )?(?:incomplete|invalid|unacceptable|not acceptable|not accepted|rejected|refused|wrong|useless|a failure|sent back)\b", r"every reply must contain \g<x>"),
    (r"\b(?P<b>is|are) (?:a |an )?(?:word|term|phrase|expression|thing|name)s? (?:that |which )?(?:we|you) (?:must |should )?(?:never|do not|don['’]t) (?:use|say|write|utter|want)\b", r"\g<b> not allowed"),
    (r"\b(?:can|could) (?:never|not|hardly) be too (?P<x>\w+)", r"must be very \g<x>"),
    (r"\b(?:write|spell) (?P<q>(?:all |every |each |any )?)(?P<x>acronyms?|abbreviations?) out\b|\bspell out (?P<r>(?:all |every |each |any )?)(?P<y>acronyms?|abbreviations?)\b", "use no abbreviations"),
    (r",?\s*\b(?:full stop|period|end of story|no ifs(?:,? (?:and )?no)? buts|that['’]s (?:it|all)|and that['’]s that|no discussion|ever)(?=\s*[.!]?$)", ""),
    (rf"\b(?P<b>is|are) (?:a )?(?:(?:strict|absolute|definite|total|complete|big|firm)(?:ly)? )?(?:no[- ]go|no[- ]no|no|taboo|out|off the (?:table|menu)|history|not (?:supported|available|rendered)(?: here)?){_END}", r"\g<b> not allowed"),
    (r"^(?P<x>[\w ]{3,30}?) (?P<b>is|are) (?:switched |turned )?off(?=\s*[.!;]|$)(?<!_\w off)", r"\g<x> \g<b> not allowed"),
    (r"^(?:we|our (?:\w+ )?\w+|(?:the )?(?:customers?|users?|readers?|callers?|clients?|team)) (?:do not|don['’]t|does not|doesn['’]t) (?:want|need|like|use|do|allow|accept|tolerate|care for|wish for|wish to see|want to see) (?:any |to see any )?(?=\w)", "no "),
    (r"^(?:our |the )?(?:house style|style guide|brand voice|brand|editor\w*) (?:knows|has|wants|allows|uses|accepts) no\b", "use no"),
    (r"\b(?:is|are) not to (?=[a-z])(?!be\b)", "must not "),
    (r"^(?P<x>[^,;.]{3,60}?) (?:is|are) all (?:that )?(?:you|we|they|anyone) (?:send|get|give|write|return|output|produce|say|need|want|may \w+|should \w+)s?(?: back)?", r"only return \g<x>"),
    (r"\b(?:your|the|its|each|every) (?:very )?(?:last|final|closing) (?:sentence|line|words?|thing)(?: of \w+ \w+)? (?:is|are|must be|should be|has to be) (?:always )?(?=an? |the |\x01)", "always end with "),
    (r"\b(?:your|the|its|each|every) (?:very )?(?:first|opening|initial) (?:sentence|line)(?: of \w+ \w+)? (?:is|are|must be|should be|has to be) (?:always )?(?=an? |the |\x01)", "always start with "),
    (r"\b(?P<v>opens?|starts?|begins?|ends?|closes?|finishes) on (?=an? |the |\x01)", r"\g<v> with "),
    (r"\b(?:waste|spend) (?:the |your |a |any )?(?:first |opening |last )?(?:line|sentence|word|time|space)s? on\b", "include"),
    (r"^(?:if )?(?:it is |the \w+ is )?(?:longer|more) than (?P<n>[\w-]+) (?P<u>words|sentences|characters|paragraphs|lines),? (?:then )?(?:cut|shorten|trim|prune|rewrite) (?:it|them|that)\b(?: down)?", r"use at most \g<n> \g<u>"),
    (r"^(?:if )?(?:it is |the \w+ is )?(?:shorter|less|fewer) than (?P<n>[\w-]+) (?P<u>words|sentences|characters|paragraphs|lines),? (?:then )?(?:expand|extend|lengthen|rewrite|add to) (?:it|them|that)\b", r"use at least \g<n> \g<u>"),
    (r"^(?P<n>\w+ (?:words|sentences|bullets|lines|paragraphs|characters)) and (?:you['’]re|you are|it['’]s|it is|that['’]s) (?:done|over|it|enough|finished)\b", r"At most \g<n>"),
    (r"\b(?:it takes|takes) (?P<q>at least \w+ words) to \w+[^,.;]*", r"use \g<q>"),
    (r"\b(?:turn|show|pop|crop|come)(?P<s>s?) up\b(?! with)", r"appear\g<s>"),
    (r",?\s*\bevery (?:single )?time(?=\s*[.;!]|$)", " always"),
    (r"^no caps\b", "no capital letters"),
    (r"^no (?:question|request|query|message)s? (?:goes|go|stays?|remains?|is left|are left|may go|must go) unanswered\b", "always answer every question"),
    (r"^(?:the |your )?(?:one and only |only |sole |single |working |official )?language (?:of|for|in) (?:all |every |each |your |the |our )*\w+ (?:is|must be|will be) (?:always )?(?=[A-Z])", "always answer in "),
    (r"\b(?P<v>output|return|write|emit|send|use|give|produce|answer (?:in|with)|reply (?:in|with)|respond (?:in|with)) (?P<x>[\w-]+(?: \w+)?) alone\b", r"only \g<v> \g<x>"),
    (r"\bsum (?:it |everything |things )?up\b", "add a summary"),
    (r"\b(?:a|an explicit|an|the (?:user|customer|holder|client)['’]s) (?:yes|ok|okay|thumbs[- ]up|nod|agreement|go[- ]ahead)\b(?= (?:from|of|by|before|first)\b)", "confirmation"),
    (r"\bleave (?P<x>[\w\x01\x02]+) alone\b", r"never use \g<x>"),
    (r"\b(?:bounce|throw|fire|put|send|come back with|counter with) (?P<q>(?:any |a |your )?(?:clarifying |counter)?questions?) back(?: at| to)?\b", r"ask \g<q> to"),
    (r"\b(?P<v>ask|asking) (?:(?P<w>the \w+|them|anyone|a \w+) )?(?:anything|something)(?: in return| back)?\b", r"\g<v> a question"),
    (r"^(?P<v>bullet|number|itemi[sz]e) (?P<x>everything|all(?: \w+)?|every \w+|each \w+)\b", r"use \g<v> points for \g<x>"),
    (r"\b(?:break|split|chop|divide|turn) (?:the |your |every |each )?(?:text|answer|reply|response|message|it|everything) (?:up )?into (?=bullet|list|item|point)", "use "),
    (r"\b(?:pop|stick|throw|toss|slip|chuck|drop|pepper|sprinkle) (?:in )?(?=an? |some |one |two |a few )", "add "),
    (r"\b(?:brighten|spice|liven|dress|jazz) (?:up )?(?P<x>(?:each|every|your|the) \w+) (?:up )?with\b", r"include in \g<x>"),
)  # fmt: skip
# what a thing must be able to do, said as what it is
BEHAVES: tuple[Row, ...] = (
    (r"\b(?:parse|load|deserialise|deserialize|validate)s? (?:cleanly |correctly |directly )?(?:as|into)\b(?: a)?", "be in"),
    (r"\b(?:come|get|be sent|go)s? (?:back|out)(?: to (?:the )?\w+)?(?= (?:as|in)\b|[.;,]|$)", "is returned"),
    (r"^(?P<x>.+?) and nothing but (?P=x)\b", r"Nothing but \g<x>"),
    (r"^we (?:only )?accept (?:only |nothing but )?", "only "),
    (r"^(?P<y>(?:the |our |this )[^,;]{4,70}?), so (?=\w)", ""),
)  # fmt: skip
# phrasal verbs and idioms that say one plain verb
IDIOMS: tuple[Row, ...] = (
    (r"\b(?P<v>bring(?:ing)?|brought) up (?!to\b)", lambda m: {"bring": "mention ", "bringing": "mentioning ", "brought": "mentioned "}[m.group("v").lower()]),
    (r"\b(?:talk|speak|write|chat) about\b", "mention"),
    (r"\b(?:allude|make (?:any )?reference|refer) to (?=(?:any |other |our |your |the )?(?:competit|rival|compan|brand|product|price|vendor))", "mention "),
    (r"\bkeep (?:your |all )?hands off\b", "never use"),
    (r"\bhave nothing to do with\b", "never mention"),
    (r"\bdo away with\b", "omit"),
    (r"\b(?:set|lay)(?:s)? out (?=(?:in|as)\b)", "presented "),
    (r"\bfeel free to (?:always )?", "you may "),
    (r"\b(?:each|every) (?:single )?time(?=\s+(?:before|you|that you)\b)", "always"),
    (r"\bprior to (?P<r>each|every|any|all|your|the)\b", r"before \g<r>"),
    (r"\b(?P<v>refuse|decline)(?P<t> to (?:answer|help with|discuss|respond to|handle))? (?:anything|everything|whatever|all questions|any questions?|questions|any requests?|requests|what)(?: that| which)? (?P<c>(?:(?:the|our|your|these|any) )?[\w ]{3,30} (?:do not|does not|can not|is not|are not|fails? to|lacks?)\b[^,;.]*)", r"if \g<c>, \g<v>\g<t>"),
)  # fmt: skip
CONTRACTIONS: tuple[Row, ...] = (
    (rf"\b(?:the |a )?(?:number|count|amount|total(?: number)?) of {_UNIT} (?:must|should|may|has to|is to|needs to|can) (?:not exceed|never exceed|not be (?:more|higher|greater) than|be (?:at most|no more than|limited to)|stay (?:under|below|within)) (?P<n>\w+)", r"use at most \g<n> \g<u>"),
    (rf"\b(?:the |a )?(?:number|count|amount|total(?: number)?) of {_UNIT} (?:must|should|has to|is to|needs to) (?:not (?:be (?:less|fewer|lower) than|fall below)|be (?:at least|no (?:less|fewer) than)|reach) (?P<n>\w+)", r"use at least \g<n> \g<u>"),
    (r"\b(?:is|are) part of (every|each|all)\b", r"must be included in \1"),
    (r"^(?:the )?(?:users?|customers?|clients?|guests?|callers?|people|players?|patients?|students?) (?:may|can|might|will|often|sometimes)\b[^.;]*?,? but (?:you |please )?(?=\w)", ""),
    (r"^act as (?:if|though) you (?:are|were) (?:a )?human\b(?: \w+)?", "pretend to be a human"),
    (r"^(?P<s>(?:your|the|these|this) (?:system |initial )?(?:instructions?|prompts?|rules|guidelines)) (?:is|are) (?:strictly |always )?(?:confidential|secret|private)\b", r"never reveal \g<s>"),
    (r"^(?:your|the|all|any) code (?:has|contains|carries|gets|comes with)\b", "write code with"),
    (r"^(?P<s>[^,;:]{3,60}?) only (?:after|once|if|when) the (?:user|customer|client|guest|caller|patient|player) (?:has |have )?(?:explicitly )?(?:confirm|approve|agree|consent)(?:s|d|ed)?(?: it| this| to it| that)?(?=[.;,]|$)", r"do not \g<s> without confirmation"),
    (r"^(?:all |the )?(?P<s>weights?|distances?|measurements?|temperatures?|lengths?|sizes?|heights?|prices?|amounts?|dates?|times?|numbers?|currencies) (?:is|are) (?:always )?(?:given |shown |written |stated |expressed |quoted )?(?=in |as )", r"always give \g<s> "),
    (r"^it(?:['’]s| is) (?:good|best|better|nice|great|helpful|preferable|recommended|advisable|a good idea|good practice|best practice) to\b", "try to"),
    (r"^it(?:['’]s| is) (?:important|essential|vital|crucial|critical|imperative|mandatory|required|necessary) (?:to|that you)\b", "always"),
    (r"^(?:if|when|where|whenever|wherever) (?:at all )?(?:possible|feasible|practical|you can),?\s", "preferably "),
    (r",? (?:if|when|where|whenever|wherever) (?:at all )?(?:possible|feasible|practical|you can)\b(?=\s*[.;,]|\s*$)", " where you can"),
    (r"\bcomes? with\b", "includes"),
    (r"^(?:the )?(?:user|customer|client|caller)s? (?:must|should|may) (?:never|not) (?:learn|know|find out|reali[sz]e|discover|suspect|notice)\b", "never reveal"),
    (r"^(?:the )?(?:user|customer|client|caller)s? (?:must|should|has to|have to) (?:always )?(?:see|get|receive|learn|know)\b", "always show"),
    (r"\bnot (?:a single|one single)\b", "no"),
    (r"\bgo(?:es)? (first|last)\b", r"comes \1"),
    (r"\bround off\b", "end"),
    (r"\blet (each|every|all|your) (\w+) (begin|start|end|open|close|finish)\b", r"\3 \1 \2"),
    (r"\b(not|never) (?:try|attempt|offer) to\b", r"\1"),
    (r"\bmake use of\b", "use"),
    (r"\b(?:keep|stay|remain) (?:quiet|silent) (?:about|on)\b", "never mention"),
    (r"^(?P<s>[^,;:]{3,60}?) (?:must|should|has to|have to|is to|are to|is|are)(?: always)?(?: be)? kept (?:secret|confidential|private|hidden)\b", r"never reveal \g<s>"),
    (r"\bkeep (?P<s>(?:the |your |all |any )?[\w ]{3,40}?) (?:secret|confidential|private|hidden)\b", r"never reveal \g<s>"),
    (r"\b(i)['’]m\b", r"\1 am"),
    (r"\b(use|in|speak|to|with|adopt) (?:whatever|whichever) language\b[^,.;]*", r"\1 the language of the user"),
    (r"\b(response|reply|answer) body\b", r"\1"),
    (r"\b(nothing|none|no one)(?: else)? (?:except|other than|apart from|besides|beyond|save)(?: for)?\b", r"\1 but"),
    (r"\b(can)not\b", r"\1 not"),
    (r"\b(ca|wo|sha)n['’]t\b", lambda m: {"ca": "can", "wo": "will", "sha": "shall"}[m.group(1).lower()] + " not"),
    (r"\b(do|does|did|is|are|was|were|must|should|would|could|has|have|had|need|may|might)n['’]t\b", r"\1 not"),
    (r"\b(you|we|they)['’]re\b", r"\1 are"),
    (r"\b(you|we|they|i)['’]ve\b", r"\1 have"),
    (r"\bdont\b", "do not"),
    (r"\b(?:under|in) no (?:circumstances?|cases?|event|situation)\b(?: (?:should|must|may|can|do) (?:you|the \w+|it))?|\bat no (?:time|point)\b(?: (?:should|must|may|can) you)?|\bon no account\b(?: (?:should|must|may) you)?|\bby no means\b", "never"),
    (r"\bmustnt\b", "must not"),
)  # fmt: skip


TABLE = Rows((*REGISTERS, *IDIOMS, *BEHAVES, *PREDICATES, *STATEMENTS, *CONTRACTIONS, *WORDINGS))


@lru_cache(maxsize=50_000)
def expand(masked: str) -> str:
    """Write contractions out, bring registers and idioms to plain words, "under no circumstances" to "never"."""
    return TABLE.said(masked)
