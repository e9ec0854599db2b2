"""The words the grammar turns on: verbs of asking, of forbidding and of permitting, nouns of places and elements."""

# ruff: noqa: E501
import re

from tidegate.check.promptlint.grammar.wordset import word_set

LABEL = re.compile(r"^\s*(?:\[(?P<tag>[\w .:-]{2,40})\]|(?P<label>[A-Za-z][\w /&-]{1,40}?)\s*:)\s+(?=\S)")
PLAIN_LABELS = word_set(
    "note important rule rules remember warning reminder tip caution must requirement policy todo style "
    "should may could shall optional guideline instruction instructions constraint constraints output task goal"
)  # fmt: skip
CONCERN_LABELS = {"language": "language", "tone": "tone", "format": "format", "length": "length", "style": "style",
                  "output format": "format", "audience": "audience", "voice": "voice", "emoji": "emoji", "emojis": "emoji",
                  "units": "units", "register": "tone", "case": "case", "response language": "language",
                  "response format": "format", "spelling": "spelling", "max length": "maxlength", "reply language": "language"}  # fmt: skip
PRIORITY_VERB = re.compile(
    r"\b(?P<verb>overrides?|overrule[sd]?|takes? (?:precedence|priority)(?: over)?|has (?:precedence|priority)(?: over)?|have (?:precedence|priority)(?: over)?|supersedes?|trumps?|outranks?|beats?(?! (?:about|around)\b)|prevails?(?: over)?"
    r"|comes? (?:first|before)|wins?(?: over)?|outweighs?|yields? to|gives? way to|defers? to|(?:is|are) (?:subordinate|secondary) to|(?:is|are) overridden by|(?:is|are) superseded by|ranks? (?:above|over)|go(?:es)? before)\b",
    re.I,
)  # fmt: skip
SPLIT = re.compile(
    r";|,?\s+or\s+(?=(?:ask|include|add|mention|write|say|end|start|begin|request|provide|offer|show|close|give)\b(?! or\b))|\s[—–]\s|\s-\s|:\s(?!\s*\x01)|(?<!nothing)(?<!anything)(?<!none)(?<!no one),?\s+but\s+(?=\w+)|,\s+(?:and\s+|or\s+)?(?=(?:do not|never|always|avoid|without|with no|no|not|nor|must|should|may|can|keep|write|use|include|add|answer|reply|respond|end|start|begin|limit|then)\b)"
    r"|\s+and\s+(?=(?:do not|never|always|avoid|must|should|keep (?:it|them|the|your|every|each|all)|write|use|include|add|answer|reply|respond|limit|end|start|begin|finish|close|cite|ask|say|contains? no|ha(?:s|ve) no|carr(?:y|ies) no|without|with no|no|in (?:at most|no more|under|fewer))\b)",
    re.I,
)  # fmt: skip
NEG_FORWARD = word_set("not never no without nor neither zero none nobody nothing")
NEG_VERBS = word_set(
    "avoid refrain skip omit exclude drop remove strip ban forbid prohibit disallow eschew eliminate "
    "reject abandon ditch suppress shun spare leave_out cease stop resist withhold forgo dispense "
    "hide conceal minimize discourage banish bar outlaw scrap purge"
)  # fmt: skip
POST_NEG = word_set(
    "rejected refused discarded ban banned forbid forbidden prohibit prohibited disallow disallowed "
    "unacceptable unwelcome taboo verboten outlaw impermissible off-limits discouraged discourage "
    "proscribed barred excluded exclude blacklisted blacklist inappropriate undesirable hidden retired deprecated "
    "unwanted intolerable disabled objectionable"
)  # fmt: skip
NO_DUTY = re.compile(
    r"\b(?:not (?:always|necessarily|every|each|all)\b|do not overdo|not overuse|do not (?:always|overuse)|not unnecessar(?:y|ily)|no need (?:to|for)|(?:is|are) (?:unnecessary|superfluous|redundant)|need not|(?:is|are) not (?:necessary|needed|required|mandatory|compulsory)|(?:do|does) not (?:need|have) to|not obliged to|optional(?:ly)?"
    r"|do not worry about|(?:is|are) (?:only )?(?:a )?suggest\w*|not limited to|do not limit|no limit|as (?:needed|necessary|appropriate|required))\b",
    re.I,
)  # fmt: skip
MAY = re.compile(r"\b(?:may|might|feel free to|(?:are|is) (?:welcome|free|allowed|permitted|fine|okay|ok) to|(?:is|are) (?:fine|okay|ok|allowed|permitted|acceptable|optional|welcome)|can|could|(?:is|are) at liberty to)\b", re.I)  # fmt: skip
SHOULD = re.compile(r"\b(?:prefer(?:ably)?|ideally|try to|aim (?:to|for)|strive|attempt to|encouraged|recommended|where you can|when you can|better to|rather than|seldom|rarely|sparingly|lean towards?|where sensible)\b", re.I)  # fmt: skip
STRONG = re.compile(
    r"\b(?:always|never|every|each|all|any|strictly|entirely|exclusively|must|only|everything|forbidden|banned|prohibited|not (?:allowed|permitted|acceptable)|mandatory|at no|none|wholly|alone|solely|invariably|absolutely|throughout|anywhere|whatsoever|unacceptable)\b",
    re.I,
)
SHOUTED = re.compile(r"\b(?:NOT|MUST|NO|DO NOT|NEVER|ONLY)\b")  # fmt: skip
NOT_OURS = re.compile(
    r"^\s*(?:the |a |an |any |each |every |all )?(?:user|customer|client|guest|input|incoming|uploaded|human|patient|student|caller|visitor|member|person|people|reader|document|transcript|attachment|submission|upload)(?:['’]s|s|s['’])?(?:\s+(?:messages?|input|questions?|quer(?:y|ies)|prompts?|requests?|text|files?|documents?|uploads?|posts?|submissions?|emails?|reviews?|comments?|essays?|names?))?\s+(?:may|can|will|might|often|sometimes|usually|tend|are|is|have|has|could|writes?|sends?|uploads?|pastes?|asks?|expects?|speaks?|uses?|knows?|provides?|should|must|complains?|likes?|prefers?|wants?|needs?|includes?|contains?|arrives?|comes?|reads?)\b",
    re.I,
)  # fmt: skip
ABOUT_YOU = re.compile(r"^\s*(?:you are|you're|act as|imagine you|your (?:name|role|job|task|goal|mission|purpose) is|as an?|this (?:tool|assistant|bot|prompt|file|repo|is|means)|these are|we are|(?:first|next|then|finally|here),? we (?!never|always|do not)|we use|our|i am|to learn more|see |i'm|it is)\b", re.I)  # fmt: skip
ELEMENTS = {"sentence": "sentence", "bullet": "bullet", "paragraph": "paragraph", "line": "line", "item": "item", "point": "bullet",
            "step": "step", "section": "section", "heading": "heading", "header": "heading", "subhead": "heading", "option": "option", "question": "question", "entry": "entry",
            "row": "row", "cell": "cell", "idea": "idea", "topic": "topic", "recommendation": "recommendation", "headline": "headline",
            "description": "description", "tweet": "tweet", "insight": "insight", "quote": "quote", "example": "example",
            "title": "title", "caption": "caption", "subheading": "heading", "stanza": "stanza", "verse": "verse", "takeaway": "takeaway",
            "summary": "summary", "claim": "claim", "tip": "tip", "suggestion": "suggestion", "reason": "reason", "fact": "fact",
            "hint": "hint", "argument": "argument", "alternative": "alternative", "variable": "variable", "function": "function", "name": "name", "letter": "letter"}  # fmt: skip
PART_NOUNS = word_set(
    "section part summary introduction conclusion title headline body subject intro outro abstract "
    "overview footer header caption opening closing detail paragraph block field note log comment "
    "argument plan scratchpad commit appendix annotation sidebar tooltip label memo handoff handover "
    "ticket transcript thought notebook draft brief synopsis teaser excerpt description tagline byline "
    "lede verdict rationale justification explanation email newsletter report article essay story letter "
    "post tweet blurb review poem recipe itinerary listing digest bulletin"
)
IDENT = re.compile(r"^[A-Za-z][A-Za-z0-9]*(?:[_.][A-Za-z0-9]+)+(?:\(\))?$|^[a-z]+(?:[A-Z][a-z0-9]+)+(?:\(\))?$")
TOOL_OFF = re.compile(
    r"\b(?:is|are|has been|have been|was) (?:currently |temporarily |now |permanently )?(?:disabled|unavailable|deprecated|retired|switched off|turned off|off|broken|down|gone|removed|not available|out of (?:order|service)|decommissioned|blocked)\b",
    re.I,
)
TOOL_VERBS = word_set("call use invoke run execute trigger query consult hit fire launch employ utilize touch access")
IMPERATIVES = word_set(
    "write use include add answer reply respond end start begin finish close cite ask say keep give "
    "provide produce output return make put present list show mention limit open structure format call "
    "invoke run sound be speak explain define assume cover state offer insert append quote refer link "
    "name tell translate render deliver compose generate sign express greet wrap conclude do place lead "
    "address describe summarize extract create ensure stick adopt follow"
)
SOFT_BENIGN: dict[str, frozenset[str]] = {
    "audience": word_set(
    "explain concept describe target aim pitch gear tailor level background knowledge know understand "
    "topic subject field definition technical term basic reader audience assume someone new never see "
    "hear familiar industry domain professional matter idea thing step word imagine picture suppose "
    "explanation everything talk teach speak seasoned already need no intelligent complex notion"
),
    "verbosity": word_set(
    "explain cover detail background example point question go into elaborate length topic explanation "
    "describe word issue discuss treat treatment subject context reasoning aspect angle nuance every "
    "thing keep possible fact sentence text space reader time trim pad padding fluff information material "
    "depth walk through spare respect value manner extreme maximum wording communication be_"
),
    "tone": word_set(
    "sound register tone chat talk friend voice language style manner contraction slang formal casual "
    "mood text wording phrasing strictly address maintain preserve adopt grammar polished professional "
    "conversation relaxed attitude vibe feel come across spirit friendly gentleman business letter "
    "correspondence legal professionally freely speech diction etiquette tu"
),
    "language": word_set("switch revert default change language translate native speech idiom tongue locale"),
    "format": word_set(
    "mark sign character asterisk hash symbol sentence complete object valid parse parseable machine readable brace bracket curly quote syntax markup element block raw data "
    "output document surround commentary explanation decoration styling style conform schema string "
    "structured structure parsable consumption directly well formed flowing paragraph pure bare text "
    "encode serialise serialize wrapper prose wrap top-level root rendering syntactically payload plainly"
),
    "case": word_set("letter character sentence word initial capitalise type key shift alphabet typed lowercase uppercase"),
}  # fmt: skip


MODAL = re.compile(
    r"\b(?:(?:is|are) (?:off limits|inappropriate|out of (?:place|the question)|unwelcome|expected|due|essential|obligatory|a must|unwanted|undesired|taboo)|comes (?:first|last)|must|should|shall|has to|have to|need(?:s|ed)? (?:to\b|an?\b)?|ought to|required|mandatory|compulsory|banned|forbidden|prohibited|barred|disallowed|(?:not|never|only) (?:be )?(?:allowed|permitted|acceptable|used|use)"
    r"|may not|can not|cannot|will (?:be|always|never|not|only)|(?:is|are) to\b|unacceptable|off[- ]limits|not welcome|out of bounds|never|always|may|can|is (?:the|our) (?:(?:sole|only|single|required|working) )?(?:limit|maximum|minimum|cap|default|norm|language)|expected|wants? every|exclusively|no place)\b",
    re.I,
)  # fmt: skip

FRAGMENT = re.compile(
    r"^\s*(?:no|not|never|always|only|all|every|each|any|at (?:most|least)|under|below|over|max(?:imum)?|min(?:imum)?|up to|exactly|between|within|fewer|less|more|nothing|none|without|absolutely|strictly|zero|just|in|with|from|keep|≤|≥|\d|\x01|one|two|three|four|five|six|seven|eight|nine|ten|a (?:maximum|minimum|single|strict))\b",
    re.I,
)  # fmt: skip

VERBS_ALSO = word_set(
    "avoid refrain skip omit exclude drop remove strip eschew decline refuse admit abstain default speak "
    "maintain adopt favor favour prefer try aim strive pick choose set sprinkle indent capitalize bold "
    "italicize leave let pitch gear target tailor write-up imagine pretend talk reveal disclose share "
    "mention discuss promise recommend escalate verify confirm check request collect store delete refund "
    "approve double-check consult query trigger execute invoke stay remain go get become resist forget "
    "fail hesitate stop cease shun prepend attach tack slip wrap hide encode emit post publish print cap "
    "restrict confine trim hold squeeze stretch elaborate expand dive jump lead greet welcome thank "
    "apologize introduce sign wish suppress withhold spell number sort order convert round supply back "
    "support source attribute credit rely base ground word phrase frame draw enclose surround separate "
    "weave work append insert extract identify highlight apply analyze generate summarise summarize read "
    "look find think consider compile organize provide ask pose seek clarify probe guess answer attempt "
    "act proceed continue decide commit reply ensure make steer keep be do have sound treat assume never always point open throw "
    "bring take dress cut pepper season shorten spare cover explain define describe"
)  # fmt: skip

GENERIC_SECTION = re.compile(
    r"\b(?:identity|purpose|steps?|outputs?|instructions?|styles?|rules?|guidelines?|format(?:ting)?|tone|voice|goals?|constraints?|notes?|role|task|context"
    r"|background|general|requirements?|behaviou?r|persona|system|prompt|policy|policies|language|length|response|reply|answers?|how|do|don'?t|always|never|safety"
    r"|important|personality|communication|writing|conduct|scope|core|primary|overview|product|agent|support|brand|content|quality|principles?|standards?|about|main|basics|mandates?|length|limits?|quick|house|default)\b",
    re.I,
)  # fmt: skip

CHANNELS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.I))
    for name, pattern in {
        "tool arguments": r"\b(?:tool[- ]?calls?|function[- ]?calls?|tool|function|api|request|query|call)(?:['’]s)? (?:call )?(?:arguments?|parameters?|payloads?|inputs?|body)\b|\barguments? (?:of|to|for|passed to) (?:the |a |any |each |every )?(?:tool|function|api)",
        "internal notes": r"\b(?:internal|private|staff|agent|case|crm|handoff|hand-off|handover|shift|back[- ]office|reviewer|moderator|operator|engineer\w*|team|colleague)[\w -]{0,12} (?:notes?|memos?|comments?|summar(?:y|ies)|tickets?|records?|messages?|logs?|reports?|channels?|fields?)\b|\bnotes? (?:to self|for (?:staff|the team|colleagues|agents|internal))\b|\bfor internal use\b",
        "logs": r"\b(?:audit|event|debug|system|error|activity|trace|server) (?:logs?|trail|records?|entr(?:y|ies))\b|\blog (?:lines?|entr(?:y|ies)|messages?|files?|records?)\b|\bto the log\b|\blogging\b",
        "thinking": r"\b(?:scratch ?pads?|hidden reasoning|private reasoning|internal reasoning|(?:in|during|within|inside|into|while|for|write|keep|make|put|draft|number|structure) your (?:private |internal |hidden )?(?:plan|planning|thoughts?|thinking|reasoning|scratch\w*)\b(?! (?:to yourself|out\b|hidden|private|secret|short|brief))|^your (?:plan|planning|thoughts?|thinking)\b|^(?:always |please )?(?:think|reason|plan)\b(?! (?:about|of|step|first|aloud|out))|thinking (?:block|tags?|step|phase)|internal (?:plan|monologue|thoughts?)|working notes?|<thinking>|while (?:thinking|planning|reasoning))",
        "code": r"\b(?:source code|code comments?|comment(?:s|ing)? (?:the|your|all|every|each) (?:source )?(?:code|functions?|methods?|scripts?)|docstrings?|commit messages?|pull request|pr descriptions?|changelog|function bod(?:y|ies)|variable names?|unit tests?|code you write|generated code)\b",
        "files": r"\b(?:in|to|into) (?:the |a |an |any |each )?(?:\w+ )?(?:file|files|database|spreadsheet|database record|config)\b|\b(?:exported?|saved|stored|written) (?:files?|documents?|records?)\b|\b(?:database|db|webhook|api) (?:records?|entr(?:y|ies)|payloads?|fields?|responses?)\b",
        "search": r"\b(?:search|retrieval|lookup) (?:quer(?:y|ies)|terms?|strings?|keywords?)\b",
    }.items()
)  # fmt: skip

PLACES = word_set(
    "table heading codeblock bullets numbered title summary bold italic link image example greeting closing"
)
PRESENT_BENIGN = word_set(
    "claim statement fact answer every key kind markup syntax symbol icon graphic character line source "
    "welcome wanted message comparison data list section emphasis mark inform assertion figure back support carry link "
    "web address external formatting styling style clarify clarification ask question user follow up "
    "circumstance sentence word smile smiling celebration first returning visible decorative sort "
    "whatsoever ending opening before friendly type kindly customer step response content element one "
    "sign introduction remark simple mention small relevant necessary real paragraph prose whitespace "
    "plain pure text greet tool reader doubt unclear missing information detail need request intent "
    "ambiguous ambiguity guess go proceed dive directly topic subject gap know sure documentation matter "
    "concern write-up presentation layout structure visual decoration raw unformatted bare body material "
    "widget app interface ui channel platform browser frontend reveal disclose supporting verifiable claim's document publish authority"
)  # fmt: skip
VERBS_OF_PHRASE = word_set(
    "include contain use say mention write add insert avoid appear put ban utter drop work carry feature "
    "weave start begin open end finish close conclude greet lead append prepend show print state display "
    "quote repeat reproduce place"
)  # fmt: skip
VERB_CLASS = {
    # to say, give or show a thing is one class: who may not mention prices may not quote them either
    **dict.fromkeys(
        ["reveal", "disclose", "share", "divulge", "expose", "tell", "show", "leak", "publish", "surface", "mention", "name",
         "reference", "refer", "discuss", "talk", "speak", "quote", "state", "list", "offer", "extend", "give", "provide",
         "include", "add", "present", "supply", "output", "generate", "produce", "display", "announce", "communicate", "advertise",
         "write", "insert", "post", "contain", "make", "use", "grant", "hand_out", "raise", "address", "cover", "say", "print"],
        "say"),
    **dict.fromkeys(["guess", "speculate", "assume", "presume", "surmise"], "guess"),
    **dict.fromkeys(["swear", "curse", "cuss"], "swear"),
    **dict.fromkeys(["modify", "edit", "change", "alter", "update", "overwrite", "rewrite"], "change"),
    **dict.fromkeys(["execute", "run", "launch"], "run"),
    **dict.fromkeys(["send", "email", "mail", "dispatch"], "send"),
    **dict.fromkeys(["help", "assist", "support"], "help"),
    **dict.fromkeys(["refund", "reimburse"], "refund"),
    **dict.fromkeys(["accept", "approve", "allow", "permit"], "accept"),
    **dict.fromkeys(["schedule", "book", "reserve", "arrange"], "book"),
    **dict.fromkeys(["recommend", "suggest", "propose", "advise", "endorse"], "recommend"),
    **dict.fromkeys(["promise", "guarantee", "commit", "pledge"], "promise"),
    **dict.fromkeys(["compare", "contrast"], "compare"),
    **dict.fromkeys(["escalate", "transfer", "hand", "forward", "route"], "escalate"),
    **dict.fromkeys(["confirm", "verify", "check", "validate", "authenticate"], "verify"),
    **dict.fromkeys(["store", "save", "keep", "retain", "record", "log"], "store"),
    **dict.fromkeys(["delete", "erase", "remove", "purge"], "delete"),
    **dict.fromkeys(["repeat", "restate", "paraphrase"], "repeat"),
    **dict.fromkeys(["request", "collect", "demand", "solicit"], "request"),
}  # fmt: skip
MENTIONING = word_set("compare recommend promote criticize criticise praise contrast cite advertise")
# "make a guess" is to guess
NOUN_VERB = {"guess": "guess", "assumption": "guess", "speculation": "guess", "presumption": "guess", "recommendation": "recommend",
             "promise": "promise", "guarantee": "promise", "commitment": "promise", "comparison": "compare", "suggestion": "recommend",
             "change": "change", "modification": "change", "edit": "change", "booking": "book", "reservation": "book", "refund": "refund",
             "translation": "translate", "prediction": "predict", "estimate": "estimate", "diagnosis": "diagnose"}  # fmt: skip
NOT_ACTIONS = word_set(
    "be have do keep remember ensure try note make sure see let get go become stay remain need want like prefer avoid refrain "
    "write respond reply answer start begin end finish consider follow treat act imagine think assume_ know feel seem follow"
)
OBJECT_CLASS = {
    **dict.fromkeys(["compete", "vendor", "rival", "competition", "competing", "supplier_"], "competitor"),
    **dict.fromkeys(["cost", "fee", "pricing", "rate_", "charge"], "price"),
    **dict.fromkeys(["password", "credential", "secret", "passphrase"], "password"),
    **dict.fromkeys(["client", "consumer"], "customer"),
    **dict.fromkeys(["guideline", "instruction", "prompt", "rule"], "instruction"),
    **dict.fromkeys(["rebate", "markdown_", "reduction"], "discount"),
    **dict.fromkeys(["picture", "photo", "figure_", "illustration"], "image"),
}  # fmt: skip
ACTION_VERBS = frozenset(VERB_CLASS.values()) | word_set(
    "translate summarize approve refund cancel book schedule order send email contact upsell speculate "
    "guess assume role-play execute edit modify commit push merge install rename round convert capitalize "
    "accept decline argue comment explain describe process issue waive grant apply calculate estimate "
    "predict diagnose prescribe address interrupt correct thank remind invite"
)
