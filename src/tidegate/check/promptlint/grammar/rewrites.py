"""Other ways of saying a thing, brought to the one form that the grammar reads."""

# ruff: noqa: E501

import re
from functools import lru_cache

from tidegate.check.promptlint.grammar.lemmas import lemma
from tidegate.check.promptlint.grammar.statements import STATEMENTS
from tidegate.check.promptlint.grammar.wordings import reworded

_UNIT = r"(?P<u>words|sentences|paragraphs|characters|bullets|bullet points|items|lines|emojis?|links|questions|examples|sections|headings|tables)"


# other ways to say the same, written as the grammar knows them
_AGENT = r"(?:the |our |this |your )?(?:ai |virtual |digital |chat ?)?(?:assistant|bot|chatbot|model|agent|system|copilot|helper|you)"
# registers: polite, legal and corporate wordings of a plain imperative
REGISTERS = (
    (re.compile(r"^\s*(?://+|--|;;|/\*+|\*\s)\s*|\s*\*/\s*$"), ""),
    (re.compile(r",?\s*\b(?:please|kindly|pls)\b,?(?=\s|[.!]|$)(?! (?:and|or)\b)", re.I), ""),
    (re.compile(rf"^\s*(?:we|i) (?:kindly |would |do |really )?(?:ask|want|expect|need|require|request|like|instruct|advise)(?: that)?(?: {_AGENT})? (?:to )?(?=\w)(?!(?:every|each|all|a|an|the|our|no|only|any)\b)", re.I), ""),
    (re.compile(rf"^\s*(?:it is )?(?:requested|expected|required|asked|mandated) (?:that|of) {_AGENT}(?: should| shall| must| to| will)? (?=\w)", re.I), ""),
    (re.compile(rf"^\s*{_AGENT} (?P<m>shall|must|will|should|has to|have to|is to|are to|needs? to|ought to|(?:is|are) (?:required|expected|obliged|requested|supposed|instructed|asked) to) (?P<n>not |never |always |only |at all times )?(?=[a-z])(?!(?:be|have|get) (?:\w+ed|a|an)\b)", re.I), lambda m: {"not ": "must not ", "at all times ": "always "}.get( (m.group("n") or "").lower(), m.group("n") or ("should " if m.group("m").lower() in ("should", "ought to") else "must "))),
    (re.compile(rf"^\s*{_AGENT} (?:must not|shall not|should not|will not|may not|is not (?:allowed|permitted) to|are not (?:allowed|permitted) to|(?:is|are) (?:forbidden|prohibited|barred|banned) (?:from|to)) (?=[a-z])", re.I), "must not "),
    (re.compile(r"\b(?:we|i) (?:want|need|expect|would like) (?=(?:the |your |my )?(?:entire |whole |full |complete )?(?:output|response|answer|reply|text|result)\b)", re.I), "give "),
    (re.compile(r"\b(?:outside of|apart from|besides|other than) (?P<x>[A-Z]\w+), (?=no other language)", re.I), r"only use \g<x>, "),
    (re.compile(r"\bshall\b", re.I), "must"),
    (re.compile(r"\b(?:refrain|desist|abstain|keep) from (?P<v>\w+ing)\b", re.I), lambda m: "do not " + lemma(m.group("v").lower())),
    (re.compile(r"\b(?P<n>each|every|all) and every\b", re.I), r"\g<n>"),
    (re.compile(r"\bcompris(?:e|es)\b(?: of)?", re.I), "contain"),
    (re.compile(r",?\s*\b(?:no more(?:,)? (?:and )?no (?:fewer|less)|not one more(?:,)? not one (?:fewer|less)|no (?:fewer|less)(?:,)? (?:and )?no more)\b", re.I), ""),
    (re.compile(r",?\s*\b(?:such as|for instance|e\.g\.?,?|like for example) (?:\w+(?:,? (?:and|or) |)?){1,4}(?=\s+(?:must|should|may|is|are|can)\b|[.;,]|$)", re.I), ""),
)  # fmt: skip
_END = r"(?=\s*[.;,:!]|\s*$|\s+(?:in|for|to|on|with|at|when|if|unless|and|because)\b)"
COMPARED = {"<=": "at most", "≤": "at most", ">=": "at least", "≥": "at least", "<": "fewer than", ">": "more than"}
# predicates and idioms that forbid, demand or limit, said with the plain words for it
PREDICATES = (
    (re.compile(r"\bnever,? ever,?(?=\s)", re.I), "never"),
    (re.compile(r"\b(?:is|are) (?P<n>not|never) to be (?=\w+(?:ed|en|n|t)\b|given|put|sent|made|read|cut|done|told|said)", re.I), r"must \g<n> be "),
    (re.compile(r"\b(?P<v>leave|leaves|cross|crosses|pass|passes) (?:your|the \w+['’]s) (?:mouth|lips|tongue|keyboard|pen)\b", re.I), "be used"),
    (re.compile(r"\bwords? out of your mouth\b", re.I), "words"),
    (re.compile(r"^(?P<s>[^,;:]{3,60}?) (?:is|are|stays?|remains?) (?:strictly |always )?(?:a )?(?:secret|confidential|private|classified|under wraps|between us)(?=\s*[.;!]|$)", re.I), r"never reveal \g<s>"),
    (re.compile(r"\bhand (?:out )?(?P<x>(?:the|our|your|a|an) [\w ]+?) (?:out )?to (?=(?:every|each|any|all|the|who\w*|anyone|everyone)\b)", re.I), r"give \g<x> to "),
    (re.compile(r"\bname-drop\b", re.I), "mention"),
    (re.compile(r"\b(?:brand|product|company|trade) name (?=\x01)", re.I), "word "),
    (re.compile(r"^\s*(?:the )?(?:hard |upper |strict )?(?:limit|max(?:imum)?|cap|ceiling|upper (?:limit|bound))\s*:\s*(?=\d+ )", re.I), "use at most "),
    (re.compile(r"^\s*(?:the )?(?:min(?:imum)?|floor|lower (?:limit|bound))\s*:\s*(?=\d+ )", re.I), "use at least "),
    (re.compile(r"\bmax(?:imum)? (?:reply |answer |response )?(?:length|size)\s*(?::|is|of|=)\s*(?=\d)", re.I), "use at most "),
    (re.compile(r"\bmin(?:imum)? (?:reply |answer |response )?(?:length|size)\s*(?::|is|of|=)\s*(?=\d)", re.I), "use at least "),
    (re.compile(r"\bthe (?P<u>word|character|sentence|bullet) count (?:must|may|should|can|is to|will) (?:not|never) (?:exceed|be (?:above|over|more than)|go (?:above|over|beyond|past)|surpass|top) (?P<n>\d+)", re.I), r"use at most \g<n> \g<u>s"),
    (re.compile(r"\bthe (?P<u>word|character|sentence|bullet) count (?:must|may|should|can|is to|will) (?:not|never) (?:(?:be|fall|drop|go|sink|dip) (?:below|under)|be less than) (?P<n>\d+)", re.I), r"use at least \g<n> \g<u>s"),
    (re.compile(r",? or (?:else )?(?:it|they|the \w+|your \w+) (?:will |may |might )?(?:gets?|is|are|be) (?:\w+ly )?(?:cut|truncated|lost|dropped|clipped|chopped|split|rejected|discarded|refused)\b[^,;]*", re.I), ""),
    (re.compile(r"(?<![\w<>=/-])(?P<o><=|≤|>=|≥|<|>) ?(?P<n>\d+)(?= (?:words?|sentences?|paragraphs?|characters?|chars|bullets?|bullet points|items?|lines?|questions?|emojis?)\b)", re.I), lambda m: f"{COMPARED[m.group('o')]} {m.group('n')}"),
    (re.compile(r"\b(?P<m>must|should|shall|has to|have to|needs? to|is to|are to) be (?:entirely |completely |wholly )?(?:absent|missing|banished|gone|barred|kept out|kept away) (?:from|in|of) ", re.I), r"\g<m> never appear in "),
    (re.compile(r"\bset foot (?P<p>in|on|inside)\b", re.I), r"been \g<p>"),
    (re.compile(r"^\s*(?:the )?(?P<u>word|character|sentence|bullet|line|paragraph)s?(?: count| limit)?\s*(?P<o><=|≤|>=|≥|<|>)\s*(?P<n>\d+)", re.I), lambda m: f"use {COMPARED[m.group('o')]} {m.group('n')} {m.group('u')}s"),
    (re.compile(r"\b(?:must|may|should|can) (?:not|never) be (?:missing|omitted|left out|absent|forgotten|skipped|lacking)\b", re.I), "must always be included"),
    (re.compile(r"^(?:an? |any |every |all |no )?\w+ (?:without|lacking|that lacks?|with no) (?P<x>(?:an? |any )?[\w ]{3,30}?) (?:is|are|will be|gets?|counts? as) (?:\w+ )?(?:incomplete|invalid|unacceptable|not acceptable|not accepted|rejected|refused|wrong|useless|a failure|sent back)\b", re.I), r"every reply must contain \g<x>"),
    (re.compile(r"\b(?P<b>is|are) (?:a |an )?(?:word|term|phrase|expression|thing|name)s? (?:that |which )?(?:we|you) (?:must |should )?(?:never|do not|don['’]t) (?:use|say|write|utter|want)\b", re.I), r"\g<b> not allowed"),
    (re.compile(r"\b(?:can|could) (?:never|not|hardly) be too (?P<x>\w+)", re.I), r"must be very \g<x>"),
    (re.compile(r"\b(?:write|spell) (?P<q>(?:all |every |each |any )?)(?P<x>acronyms?|abbreviations?) out\b|\bspell out (?P<r>(?:all |every |each |any )?)(?P<y>acronyms?|abbreviations?)\b", re.I), "use no abbreviations"),
    (re.compile(r",?\s*\b(?:full stop|period|end of story|no ifs(?:,? (?:and )?no)? buts|that['’]s (?:it|all)|and that['’]s that|no discussion|ever)(?=\s*[.!]?$)", re.I), ""),
    (re.compile(rf"\b(?P<b>is|are) (?:a )?(?:(?:strict|absolute|definite|total|complete|big|firm)(?:ly)? )?(?:no[- ]go|no[- ]no|no|taboo|out|off the (?:table|menu)|history|not (?:supported|available|rendered)(?: here)?){_END}", re.I), r"\g<b> not allowed"),
    (re.compile(r"^(?P<x>[\w ]{3,30}?) (?P<b>is|are) (?:switched |turned )?off(?=\s*[.!;]|$)(?<!_\w off)", re.I), r"\g<x> \g<b> not allowed"),
    (re.compile(r"^(?:we|our (?:\w+ )?\w+|(?:the )?(?:customers?|users?|readers?|callers?|clients?|team)) (?:do not|don['’]t|does not|doesn['’]t) (?:want|need|like|use|do|allow|accept|tolerate|care for|wish for|wish to see|want to see) (?:any |to see any )?(?=\w)", re.I), "no "),
    (re.compile(r"^(?:our |the )?(?:house style|style guide|brand voice|brand|editor\w*) (?:knows|has|wants|allows|uses|accepts) no\b", re.I), "use no"),
    (re.compile(r"\b(?:is|are) not to (?=[a-z])(?!be\b)", re.I), "must not "),
    (re.compile(r"^(?P<x>[^,;.]{3,60}?) (?:is|are) all (?:that )?(?:you|we|they|anyone) (?:send|get|give|write|return|output|produce|say|need|want|may \w+|should \w+)s?(?: back)?", re.I), r"only return \g<x>"),
    (re.compile(r"\b(?:your|the|its|each|every) (?:very )?(?:last|final|closing) (?:sentence|line|words?|thing)(?: of \w+ \w+)? (?:is|are|must be|should be|has to be) (?:always )?(?=an? |the |\x01)", re.I), "always end with "),
    (re.compile(r"\b(?:your|the|its|each|every) (?:very )?(?:first|opening|initial) (?:sentence|line)(?: of \w+ \w+)? (?:is|are|must be|should be|has to be) (?:always )?(?=an? |the |\x01)", re.I), "always start with "),
    (re.compile(r"\b(?P<v>opens?|starts?|begins?|ends?|closes?|finishes) on (?=an? |the |\x01)", re.I), r"\g<v> with "),
    (re.compile(r"\b(?:waste|spend) (?:the |your |a |any )?(?:first |opening |last )?(?:line|sentence|word|time|space)s? on\b", re.I), "include"),
    (re.compile(r"^(?:if )?(?:it is |the \w+ is )?(?:longer|more) than (?P<n>[\w-]+) (?P<u>words|sentences|characters|paragraphs|lines),? (?:then )?(?:cut|shorten|trim|prune|rewrite) (?:it|them|that)\b(?: down)?", re.I), r"use at most \g<n> \g<u>"),
    (re.compile(r"^(?:if )?(?:it is |the \w+ is )?(?:shorter|less|fewer) than (?P<n>[\w-]+) (?P<u>words|sentences|characters|paragraphs|lines),? (?:then )?(?:expand|extend|lengthen|rewrite|add to) (?:it|them|that)\b", re.I), r"use at least \g<n> \g<u>"),
    (re.compile(r"^(?P<n>\w+ (?:words|sentences|bullets|lines|paragraphs|characters)) and (?:you['’]re|you are|it['’]s|it is|that['’]s) (?:done|over|it|enough|finished)\b", re.I), r"At most \g<n>"),
    (re.compile(r"\b(?:it takes|takes) (?P<q>at least \w+ words) to \w+[^,.;]*", re.I), r"use \g<q>"),
    (re.compile(r"\b(?:turn|show|pop|crop|come)(?P<s>s?) up\b(?! with)", re.I), r"appear\g<s>"),
    (re.compile(r",?\s*\bevery (?:single )?time(?=\s*[.;!]|$)", re.I), " always"),
    (re.compile(r"^no caps\b", re.I), "no capital letters"),
    (re.compile(r"^no (?:question|request|query|message)s? (?:goes|go|stays?|remains?|is left|are left|may go|must go) unanswered\b", re.I), "always answer every question"),
    (re.compile(r"^(?:the |your )?(?:one and only |only |sole |single |working |official )?language (?:of|for|in) (?:all |every |each |your |the |our )*\w+ (?:is|must be|will be) (?:always )?(?=[A-Z])", re.I), "always answer in "),
    (re.compile(r"\b(?P<v>output|return|write|emit|send|use|give|produce|answer (?:in|with)|reply (?:in|with)|respond (?:in|with)) (?P<x>[\w-]+(?: \w+)?) alone\b", re.I), r"only \g<v> \g<x>"),
    (re.compile(r"\bsum (?:it |everything |things )?up\b", re.I), "add a summary"),
    (re.compile(r"\b(?:a|an explicit|an|the (?:user|customer|holder|client)['’]s) (?:yes|ok|okay|thumbs[- ]up|nod|agreement|go[- ]ahead)\b(?= (?:from|of|by|before|first)\b)", re.I), "confirmation"),
    (re.compile(r"\bleave (?P<x>[\w\x01\x02]+) alone\b", re.I), r"never use \g<x>"),
    (re.compile(r"\b(?:bounce|throw|fire|put|send|come back with|counter with) (?P<q>(?:any |a |your )?(?:clarifying |counter)?questions?) back(?: at| to)?\b", re.I), r"ask \g<q> to"),
    (re.compile(r"\b(?P<v>ask|asking) (?:(?P<w>the \w+|them|anyone|a \w+) )?(?:anything|something)(?: in return| back)?\b", re.I), r"\g<v> a question"),
    (re.compile(r"^(?P<v>bullet|number|itemi[sz]e) (?P<x>everything|all(?: \w+)?|every \w+|each \w+)\b", re.I), r"use \g<v> points for \g<x>"),
    (re.compile(r"\b(?:break|split|chop|divide|turn) (?:the |your |every |each )?(?:text|answer|reply|response|message|it|everything) (?:up )?into (?=bullet|list|item|point)", re.I), "use "),
    (re.compile(r"\b(?:pop|stick|throw|toss|slip|chuck|drop|pepper|sprinkle) (?:in )?(?=an? |some |one |two |a few )", re.I ), "add "),
    (re.compile(r"\b(?:brighten|spice|liven|dress|jazz) (?:up )?(?P<x>(?:each|every|your|the) \w+) (?:up )?with\b", re.I ), r"include in \g<x>"),
)  # fmt: skip
# what a thing must be able to do, said as what it is
BEHAVES = (
    (re.compile(r"\b(?:parse|load|deserialise|deserialize|validate)s? (?:cleanly |correctly |directly )?(?:as|into)\b(?: a)?", re.I), "be in"),
    (re.compile(r"\b(?:come|get|be sent|go)s? (?:back|out)(?: to (?:the )?\w+)?(?= (?:as|in)\b|[.;,]|$)", re.I), "is returned"),
    (re.compile(r"^(?P<x>.+?) and nothing but (?P=x)\b", re.I), r"Nothing but \g<x>"),
    (re.compile(r"^we (?:only )?accept (?:only |nothing but )?", re.I), "only "),
    (re.compile(r"^(?P<y>(?:the |our |this )[^,;]{4,70}?), so (?=\w)", re.I), ""),
)  # fmt: skip
# phrasal verbs and idioms that say one plain verb
IDIOMS = (
    (re.compile(r"\b(?P<v>bring(?:ing)?|brought) up (?!to\b)", re.I), lambda m: {"bring": "mention ", "bringing": "mentioning ", "brought": "mentioned "}[m.group("v").lower()]),
    (re.compile(r"\b(?:talk|speak|write|chat) about\b", re.I), "mention"),
    (re.compile(r"\b(?:allude|make (?:any )?reference|refer) to (?=(?:any |other |our |your |the )?(?:competit|rival|compan|brand|product|price|vendor))", re.I), "mention "),
    (re.compile(r"\bkeep (?:your |all )?hands off\b", re.I), "never use"),
    (re.compile(r"\bhave nothing to do with\b", re.I), "never mention"),
    (re.compile(r"\bdo away with\b", re.I), "omit"),
    (re.compile(r"\b(?:set|lay)(?:s)? out (?=(?:in|as)\b)", re.I), "presented "),
    (re.compile(r"\bfeel free to (?:always )?", re.I), "you may "),
    (re.compile(r"\b(?:each|every) (?:single )?time(?=\s+(?:before|you|that you)\b)", re.I), "always"),
    (re.compile(r"\bprior to (?P<r>each|every|any|all|your|the)\b", re.I), r"before \g<r>"),
    (re.compile(r"\b(?P<v>refuse|decline)(?P<t> to (?:answer|help with|discuss|respond to|handle))? (?:anything|everything|whatever|all questions|any questions?|questions|any requests?|requests|what)(?: that| which)? (?P<c>(?:(?:the|our|your|these|any) )?[\w ]{3,30} (?:do not|does not|can not|is not|are not|fails? to|lacks?)\b[^,;.]*)", re.I), r"if \g<c>, \g<v>\g<t>"),
)  # fmt: skip
CONTRACTIONS = (
    (re.compile(rf"\b(?:the |a )?(?:number|count|amount|total(?: number)?) of {_UNIT} (?:must|should|may|has to|is to|needs to|can) (?:not exceed|never exceed|not be (?:more|higher|greater) than|be (?:at most|no more than|limited to)|stay (?:under|below|within)) (?P<n>\w+)", re.I), r"use at most \g<n> \g<u>"),
    (re.compile(rf"\b(?:the |a )?(?:number|count|amount|total(?: number)?) of {_UNIT} (?:must|should|has to|is to|needs to) (?:not (?:be (?:less|fewer|lower) than|fall below)|be (?:at least|no (?:less|fewer) than)|reach) (?P<n>\w+)", re.I), r"use at least \g<n> \g<u>"),
    (re.compile(r"\b(?:is|are) part of (every|each|all)\b", re.I), r"must be included in \1"),
    (re.compile(r"^(?:the )?(?:users?|customers?|clients?|guests?|callers?|people|players?|patients?|students?) (?:may|can|might|will|often|sometimes)\b[^.;]*?,? but (?:you |please )?(?=\w)", re.I), ""),
    (re.compile(r"^act as (?:if|though) you (?:are|were) (?:a )?human\b(?: \w+)?", re.I), "pretend to be a human"),
    (re.compile(r"^(?P<s>(?:your|the|these|this) (?:system |initial )?(?:instructions?|prompts?|rules|guidelines)) (?:is|are) (?:strictly |always )?(?:confidential|secret|private)\b", re.I), r"never reveal \g<s>"),
    (re.compile(r"^(?:your|the|all|any) code (?:has|contains|carries|gets|comes with)\b", re.I), "write code with"),
    (re.compile(r"^(?P<s>[^,;:]{3,60}?) only (?:after|once|if|when) the (?:user|customer|client|guest|caller|patient|player) (?:has |have )?(?:explicitly )?(?:confirm|approve|agree|consent)(?:s|d|ed)?(?: it| this| to it| that)?(?=[.;,]|$)", re.I), r"do not \g<s> without confirmation"),
    (re.compile(r"^(?:all |the )?(?P<s>weights?|distances?|measurements?|temperatures?|lengths?|sizes?|heights?|prices?|amounts?|dates?|times?|numbers?|currencies) (?:is|are) (?:always )?(?:given |shown |written |stated |expressed |quoted )?(?=in |as )", re.I), r"always give \g<s> "),
    (re.compile(r"^it(?:['’]s| is) (?:good|best|better|nice|great|helpful|preferable|recommended|advisable|a good idea|good practice|best practice) to\b", re.I), "try to"),
    (re.compile(r"^it(?:['’]s| is) (?:important|essential|vital|crucial|critical|imperative|mandatory|required|necessary) (?:to|that you)\b", re.I), "always"),
    (re.compile(r"^(?:if|when|where|whenever|wherever) (?:at all )?(?:possible|feasible|practical|you can),?\s", re.I), "preferably "),
    (re.compile(r",? (?:if|when|where|whenever|wherever) (?:at all )?(?:possible|feasible|practical|you can)\b(?=\s*[.;,]|\s*$)", re.I), " where you can"),
    (re.compile(r"\bcomes? with\b", re.I), "includes"),
    (re.compile(r"^(?:the )?(?:user|customer|client|caller)s? (?:must|should|may) (?:never|not) (?:learn|know|find out|reali[sz]e|discover|suspect|notice)\b", re.I), "never reveal"),
    (re.compile(r"^(?:the )?(?:user|customer|client|caller)s? (?:must|should|has to|have to) (?:always )?(?:see|get|receive|learn|know)\b", re.I), "always show"),
    (re.compile(r"\bnot (?:a single|one single)\b", re.I), "no"),
    (re.compile(r"\bgo(?:es)? (first|last)\b", re.I), r"comes \1"),
    (re.compile(r"\bround off\b", re.I), "end"),
    (re.compile(r"\blet (each|every|all|your) (\w+) (begin|start|end|open|close|finish)\b", re.I), r"\3 \1 \2"),
    (re.compile(r"\b(not|never) (?:try|attempt|offer) to\b", re.I), r"\1"),
    (re.compile(r"\bmake use of\b", re.I), "use"),
    (re.compile(r"\b(?:keep|stay|remain) (?:quiet|silent) (?:about|on)\b", re.I), "never mention"),
    (re.compile(r"^(?P<s>[^,;:]{3,60}?) (?:must|should|has to|have to|is to|are to|is|are)(?: always)?(?: be)? kept (?:secret|confidential|private|hidden)\b", re.I), r"never reveal \g<s>"),
    (re.compile(r"\bkeep (?P<s>(?:the |your |all |any )?[\w ]{3,40}?) (?:secret|confidential|private|hidden)\b", re.I), r"never reveal \g<s>"),
    (re.compile(r"\b(i)['’]m\b", re.I), r"\1 am"),
    (re.compile(r"\b(use|in|speak|to|with|adopt) (?:whatever|whichever) language\b[^,.;]*", re.I), r"\1 the language of the user"),
    (re.compile(r"\b(response|reply|answer) body\b", re.I), r"\1"),
    (re.compile(r"\b(nothing|none|no one)(?: else)? (?:except|other than|apart from|besides|beyond|save)(?: for)?\b", re.I), r"\1 but"),
    (re.compile(r"\b(can)not\b", re.I), r"\1 not"),
    (re.compile(r"\b(ca|wo|sha)n['’]t\b", re.I), lambda m: {"ca": "can", "wo": "will", "sha": "shall"}[m.group(1).lower()] + " not"),
    (re.compile(r"\b(do|does|did|is|are|was|were|must|should|would|could|has|have|had|need|may|might)n['’]t\b", re.I), r"\1 not"),
    (re.compile(r"\b(you|we|they)['’]re\b", re.I), r"\1 are"),
    (re.compile(r"\b(you|we|they|i)['’]ve\b", re.I), r"\1 have"),
    (re.compile(r"\bdont\b", re.I), "do not"),
    (re.compile(r"\b(?:under|in) no (?:circumstances?|cases?|event|situation)\b(?: (?:should|must|may|can|do) (?:you|the \w+|it))?|\bat no (?:time|point)\b(?: (?:should|must|may|can) you)?|\bon no account\b(?: (?:should|must|may) you)?|\bby no means\b", re.I), "never"),
    (re.compile(r"\bmustnt\b", re.I), "must not"),
)  # fmt: skip


# a group is only tried on a sentence that holds one of its words: most sentences need none of it
GROUPS = (
    (re.compile(
        r"^\s*(?://|--|;;|/\*|\*\s|we\b|i\b)|\*/|\b(?:please|kindly|pls|requested|expected|required|asked|mandated|shall|must|will|should|has|have|is|are"
        r"|needs?|ought|refrain|desist|abstain|keep|and every|compris\w+|want|need|expect|would like|outside of|apart from|besides|other than|no more|not one|no fewer|no less|such as|for instance|e\.g|like for)\b", re.I), REGISTERS),
    (re.compile(
        r"\b(?:bring\w*|brought|talk|speak|write|chat|allude|make|refer|hands off|nothing to do|do away|sets?|lays?|feel free|each|every|prior to|refuse|decline)\b",
        re.I), IDIOMS),
    (re.compile(r"\b(?:parse|load|deseriali[sz]e|validate|come|get|sent|go|nothing but|accept)s?\b|, so\b", re.I), BEHAVES),
    (re.compile(
        r"\b(?:never|full stop|period|end of|no|that['’]s|is|are|has|do|don['’]t|does|doesn['’]t|ever|first|last|final|closing|opening|initial|opens?|starts?|begins?|ends?"
        r"|closes?|finishes|waste|spend|count|length|size|limit|stays?|remains?|hand|name|max|min|maximum|minimum|cap|ceiling|floor|must|may|should|can|mouth|lips|without|lacking|word|term|phrase|write|spell|longer|shorter|more|less|fewer|and|takes|sum|yes|ok|okay|nod|agreement|leave|bounce|throw|fire|put|send|come|counter"
        r"|ask|asking|bullet|number|itemi[sz]e|break|split|chop|divide|turn|pop|stick|toss|slip|chuck|drop|pepper|sprinkle|brighten|spice|liven|dress|jazz"
        r"|shows?|turns?|pops?|crops?|comes?|every|alone|nod|thumbs|go[- ]ahead|knows|wants|allows|uses|accepts)\b", re.I), PREDICATES),
)  # fmt: skip


@lru_cache(maxsize=50_000)
def expand(masked: str) -> str:
    """Write contractions out, bring registers and idioms to plain words, "under no circumstances" to "never"."""
    for trigger, group in GROUPS:
        if trigger.search(masked):
            for pattern, replacement in group:
                masked = pattern.sub(replacement, masked)
    for trigger, rows in STATEMENTS:
        if trigger.search(masked):
            for pattern, said in rows:
                masked = pattern.sub(said, masked)
    for pattern, replacement in CONTRACTIONS:
        masked = pattern.sub(replacement, masked)
    return reworded(masked)
