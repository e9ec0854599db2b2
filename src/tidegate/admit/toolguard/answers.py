"""What kind of fact a tool's answer is: new, pending, worth a retry, an error, empty.

Facts, not prompts, exempt a run from being stopped: an answer that *says* that the world is not
ready, a pause between two looks, a failure that waiting may cure.
"""

import re
from functools import lru_cache
from typing import Literal

from tidegate.admit.toolguard.model import ResultClass

PENDING = re.compile(
    r"\b(?:pending|queued|enqueued|in[ _-]?progress|processing|(?:is|are|still) (?:being )?\w+ing|being processed|"
    r"not (?:yet )?(?:ready|finished|completed?|done|started|available yet)|(?:has|have|"
    r"is) not (?:yet )?(?:finished|completed|started)|"
    r"yet to \w+|waiting|await(?:ing|s)|scheduled|provisioning|start(?:ing|ed) up|starting|warming(?: up)?|"
    r"initiali[sz]ing|"
    r"try again later|check back|ongoing|under way|underway|submitted|accepted for|on hold|eta\b|"
    r"estimated (?:time|completion)|"
    r"\w*creating|building|deploying|installing|uploading|downloading|updating|syncing|synchroni[sz]ing|migrating|"
    r"copying|"
    r"indexing|transcoding|rendering|encoding|training|booting|restarting|validating|verifying|compiling|"
    r"generating|"
    r"calculating|computing|loading|transferring|rolling out|terminating|draining|converting|exporting|importing)\b"
    r"|_in_progress\b|\bpending_|_pending\b|\bcontainercreating\b|\b0/[1-9]\d*\b"
    r"|[\"']?\b(?:status|state|phase|stage|lifecycle_state)[\"']?\s*[:=]\s*[\"']?"
    r"(?:running|active|started|accepted|open|new|created|submitted|init)\b"
    r"|[\"']?\b(?:is_?)?(?:ready|done|finished|complete[d]?|available|success|succeeded|"
    r"terminated)[\"']?\s*[:=]\s*(?:false|no|0)\b",
    re.I,
)
PENDING_LONG = re.compile(  # in a longer answer only words that are about a job say that it is not done
    r"\b(?:pending|queued|in[ _-]?progress|still (?:running|processing)|not (?:yet )?(?:ready|finished|"
    r"completed?))\b|_IN_PROGRESS\b"
    r"|[\"']?\b(?:status|state|phase)[\"']?\s*[:=]\s*[\"']?(?:running|processing|started|accepted|building)\b",
    re.I,
)
NAMED = re.compile(  # what a record is called says nothing of how the call went: a ticket named "Cannot log in"
    r'"(?:title|subject|name|description|summary|question|label|snippet|from)"\s*:\s*"(?:[^"\\]|\\.)*"', re.I
)
FIGURE = re.compile(r"\d")
GAUGE_LENGTH = 200  # characters of an answer that can be a reading
SHORT = 130  # characters of an answer that can be a state
PENDING_WORDS = (
    "ing", "pend", "queue", "progress", "not ", "await", "schedul", "start", "later", "status", "state", "phase", "stage",  # noqa: E501
    "false", "under", "submit", "accept", "hold", "eta", "estimated", "back", "0/", "yet", "ready", "done",
)  # fmt: skip
PENDING_LONG_WORDS = ("pending", "queued", "progress", "still ", "not ", "status", "state", "phase")
TERMINAL = re.compile(
    r"\b(?:complete[d]?|done|finished|succeeded|success(?:ful(?:ly)?)?|failed|failure|cancell?ed|aborted|expired|"
    r"rejected|closed|"
    r"delivered|shipped|error|terminated|stopped|passed|merged|published|deployed)\b(?![\"']?\s*[:=]\s*(?:false|"
    r"no|0)\b)",
    re.I,
)
RETRYABLE = re.compile(
    r"(?:^\W*|\b(?:HTTP\S*|status(?:[ _]code)?|code|error|returned|response|got)\W{1,4})(?:429|50[0234]|529)\b|"
    r"\b(?:429|50[0234]|529)\W{1,3}(?:too many|internal|bad g|service|gateway|error|server|overload|unavail)|"
    r"\brate[ _-]?limit|\bquota|too many requests|time[d]?[ -]?out|"
    r"temporarily unavailable|"
    r"service unavailable|bad gateway|gateway time|connection (?:reset|refused|aborted|error|closed)|overloaded|"
    r"ECONNRESET|"
    r"ECONNREFUSED|ETIMEDOUT|try again (?:shortly|later|in)|retry[ _-]after|throttl|internal server error|"
    r"deadline exceeded",
    re.I,
)
OBSTACLE = re.compile(  # what a browser's time-out was about: waiting again does not move it
    r"intercepts pointer events|element is (?:not (?:visible|enabled|stable|attached)|outside of the viewport)|"
    r"strict mode violation",
    re.I,
)
RETRYABLE_WORDS = (
    "rate", "quota", "too many", "time", "unavailable", "gateway", "connection", "overload", "econn",
    "etimed", "again", "retry", "throttl", "internal server", "deadline",
)  # fmt: skip
RETRYABLE_CODES = ("429", "50", "529")
ERROR = re.compile(
    r"^\W*(?:error|exception|traceback|failed|failure|fatal|usage:|wrong|incorrect|invalid|denied|rejected|"
    r"forbidden|insufficient (?:permissions?|privileges?|scopes?)|"
    r"unauthorized|unable)(?![\w-])|^\W*4[0-2]\d\s?[:-]|\b(?:error|exception)\b\s*[:=]|\"error\"\s*:(?!\s*(?:null|false|\"\"))|"
    r"\"(?:type|status|state|result|outcome|conclusion)\"\s*:\s*\"(?:error|fail\w*|invalid|denied|refused)\"|"
    r"\bnot have (?:the |a )?(?:\w+ )?(?:permission|privilege|right)s? to\b|\baccessdenied\w*|\bnot authori[sz]ed to\b|"
    r"\b(?:40[0-9]|41[0-9]|42[0-8])\b[^\n]{0,20}(?:bad|forbidden|unauth|not|denied|conflict|gone|unprocess)|"
    r"\bHTTP[/ ]?\d?\.?\d? ?4\d\d\b|\b(?:permission|access)\b[^\n]{0,12}\bdenied\b|"
    r"\btraceback \(most recent|command not found|no such file|invalid (?:argument|option|syntax)|unable to|"
    r"\bcannot\b|could not|\bnot found\b|syntaxerror|\b[A-Z]\w+(?:Error|Exception|Violation)\b|\b[1-9]\d* failed\b",
    re.I,
)
ERROR_WORDS = (  # any error has one of these in it; each stem stands for several words
    "err", "excep", "traceb", "fail", "fatal", "usage", "wrong", "ncorrect", "nvalid", "denied", "reject", "forbid",
    "unauth", "nsufficient", "not", "no such", "unable", "http", "violat",
)  # fmt: skip
ERROR_CODES = ("40", "41", "42")
SAYS = re.compile(r"[^\W_]")  # more than signs
MISUSE = re.compile(  # the call itself is wrong, or who makes it is not known: another thing fails in the same way
    r"validation ?error|schema|malformed|(?:required|missing|unexpected|unknown|extra) (?:\w+ )?(?:property|"
    r"properties|argument|arguments|field|fields|parameter|parameters|keyword)|does not match (?:the )?(?:format|"
    r"pattern|schema)|"
    r"expected [^\n]{1,60}\b(?:but )?(?:got|received)\b|invalid (?:format|type|argument|parameter)|type ?error\b|"
    r"(?:not a valid|unknown|no such|unrecogni[sz]ed|unsupported|undefined) (?:tool|function|command|action|method)|"
    r"tool [^\n]{1,60}(?:not found|does not exist|is not available)|\b401\b|unauthenticated|"
    r"(?:token|session|credentials?|key|password)\W+(?:has |have |is |are )?(?:expired|invalid|revoked|missing)|"
    r"invalid (?:api )?(?:key|token|credentials?)|authentication (?:failed|required)|not logged in|log ?in required",
    re.I,
)
DENIED = re.compile(  # who asks may not do this: other arguments change nothing, unless they name another thing
    r"\b(?:access|permission|authori[sz]ation|request)[ _]?(?:is |was |to [^\n]{1,60} )?denied\b|"
    r"\bdenied (?:to|by|for)\b|"
    r"\bnot (?:authori[sz]ed|permitted|allowed|entitled)\b|\bforbidden\b|\b403\b|"
    r"\bnot have (?:the |a )?(?:\w+ )?(?:permission|privilege|right)s? to\b|"
    r"insufficient (?:\w+ )?(?:permissions?|privileges?|rights?|scopes?|access)|"
    r"\b(?:must be owner|lacks? (?:the )?(?:\w+ )?(?:permission|privilege|right|role|scope)|may not \w+)",
    re.I,
)
NOTHING = (
    r"no (?:\w+ ){0,2}(?:results?|matches|match|data|records?|entries|documents?|items?|rows?|hits?)"
    r"(?: (?:were |was )?found)?(?: for [^\n]{1,80})?|(?:0|zero) (?:results?|hits|matches|rows|"
    r"records)(?: found)?|nothing (?:was )?found|"
    r"not found|none found|"
    r"keine? (?:\w+ )?(?:treffer|ergebnisse?|einträge|eintrag|daten|dokumente)(?: gefunden)?|nichts gefunden|"
    r"aucun(?:e donnée)?(?: résultat| document)?(?: trouvée?)?|(?:sin|ningún) resultados?(?: encontrados?)?|"
    r"nessun risultato(?: trovato)?"
)
SAID_NOTHING = re.compile(  # "Sorry, we could not find any rooms for that.  Try other words."
    r"^\W*(?:(?:sorry|unfortunately|i'm afraid|apologies)\W+)?"
    r"(?:(?:we|i|the \w+|your \w+|this \w+|there|it) )?(?:(?:search|query|index|database|were|are|was|is|have|"
    r"has) )*"
    r"(?:(?:could(?: not|n't)|can(?:not|'t)|did(?: not|n't)|unable to|failed to) (?:find|match|return|"
    r"locate) (?:any\w*|a single)\b|"
    r"(?:found|returned|matched|yielded|got) (?:nothing|none)\b|nothing (?:was )?(?:found|matched|matches)\b|"
    r"none (?:was |were )?found\b|"
    r"(?:(?:found|returned|matched|yielded|got) )?(?:no|0|zero) (?:\w+ ){0,3}(?:match\w*|results?|hits?|records?|"
    r"rows?|documents?|"
    r"entries|items?|pages?|articles?|listings?)\b)"
    r"[^\n.!?,;]{0,90}[.!]?(?:\s+(?:please |you |maybe |perhaps |consider |did you |try )[^\n]{0,120})?\s*$",
    re.I,
)
GOOD_NEWS = re.compile(  # nothing of these is not nothing
    r"\b(?:yet|still|errors?|issues?|problems?|warnings?|conflicts?|violations?|failures?)\b", re.I
)
NOTHING_WORDS = ("no", "0 ", "zero", "any", "unable to find")
EMPTY = re.compile(rf"^\s*(?:|\[\s*\]|\{{\s*\}}|null|none|undefined|\"\"|(?:{NOTHING})[.!]?)\s*$", re.I)
EMPTY_JSON = re.compile(r"^\s*\{[^{}\[\]]*\"\w+\"\s*:\s*\[\s*\][^{}\[\]]*\}\s*$")  # an object whose one list is empty
PAUSE_TOOL = re.compile(
    r"^(?:\w+[._-])?(?:sleep|wait|pause|delay|back_?off|set_timeout)(?:[._-]?(?:for|seconds|ms|a_while|until|"
    r"time))?$",
    re.I,
)
PAUSE_COMMAND = re.compile(r"^\W*(?:sleep|start-sleep|timeout /t|time\.sleep\()\W*\d", re.I)
STATUS_TOOL = re.compile(
    r"status|state|progress|poll|health|heartbeat|ready|readiness|liveness|alive|uptime|metric|monitor|watch|ping|"
    r"queue|rollout|"
    r"(?:get|check|describe|view|show)_?(?:job|run|build|task|deploy\w*|export|import|pipeline|workflow)s?$",
    re.I,
)
PLANS = re.compile(r"^(?:(?:update|write|make|create|revise|set)_?)?(?:plan|todos)$|^todo_?write$", re.I)
HANDS_ON = re.compile(r"^(?:transfer|hand_?off|hand_?over|switch)(?:_back)?_to_\w+$|^hand_?off$", re.I)
REFUSALS_TESTED = re.compile(
    r"\b(?:test|fuzz|verify|make sure|ensure|probe|check)\b[^.\n]{0,90}\b(?:refus|reject|malformed|invalid|validat|"
    r"bad input|wrong (?:input|value|argument)|error handling|fails?\b)",
    re.I,
)
MEASURES = re.compile(  # of a tool's name: something that has a figure at any time, and may keep it for a while
    r"(?:^|[\W_])(?:\w*rates?|ratios?|counts?|latency|lag|load|usage|utili[sz]ation|temperature|humidity|pressure|throughput|"
    r"traffic|levels?|percent\w*|cpu|memory|disk|battery|balance|p\d\d|gauge|sensor)(?:[\W_]|$)",
    re.I,
)
COMPLAINS = re.compile(  # a result that says in words what is wrong, though its call worked
    r"(?<!\b0 )(?<!\bno )(?<!\bzero )(?<!\bwithout )\b(?:errors?|fail(?:ed|s|ure|ures|ing)?|invalid|incorrect|exceeded|"
    r"denied|refused|mismatch(?:ed)?|unavailable|violat\w+|unresolved|(?:do|does|did) not match)\b(?![\"']?\s*[:=]\s*"
    r"(?:0\b|null|none|false|\[\]|\"\"))|#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!)",
    re.I,
)
COMPLAINS_LENGTH = 600  # characters of a check's report; longer answers are texts
COMPLAINS_WORDS = (
    "rror", "fail", "nvalid", "ncorrect", "xceeded", "enied", "efused", "ismatch", "navailable", "iolat", "nresolved",
    "not match", "#", "ERROR", "FAIL", "INVALID",
)  # fmt: skip
READS = re.compile(r"search|find|list|get|read|query|fetch|look|grep|show|view|select|check", re.I)
LOOKS = re.compile(  # of a tool's name, or of the beginning of its arguments
    r"(?:^|[\W_])(?:get|describe|logs?|status|view|show|list|ls|cat|tail|head|ps|top|stat|du|df|watch|monitor|history|peek|"
    r"inspect|observe|snapshot|screenshot)(?:[\W_]|$)",
    re.I,
)
LOOK_AGAIN = re.compile(  # a person asks for the same to be done once more
    r"\b(?:(?:check|look|refresh|reload|see|ask) (?:\w+ )?(?:again|now|once more)|refresh|anything new|any (?:news|"
    r"updates?|change)|and now|what about now|how about now|is it (?:\w+ )?(?:yet|now)|still (?:not|the same))\b",
    re.I,
)
WATCH = re.compile(
    r"(?:^|[.!?:\n]\s*)(?:please )?(?:watch|monitor|observe|poll|keep (?:an eye|watch|checking|polling|monitoring))\b",
    re.I,
)
MONITORING = re.compile(
    r"\b(?:monitor|keep (?:an eye|watch|checking|polling)|watch (?:the|for|over)|poll\b|every (?:\d+ |few |"
    r"couple of )?"
    r"(?:second|minute|hour|min|sec)s?|(?:check|look)\w* (?:again )?(?:periodically|regularly|continuously)|"
    r"observe|"
    r"wait (?:for|until|till)|until (?:it|the|they|all) [^.\n]{0,40}(?:done|ready|finish\w*|complete\w*|up|out|"
    r"over|live)|as soon as)\b",
    re.I,
)


def _any(words: tuple[str, ...], text: str) -> bool:
    for word in words:  # noqa: SIM110  (faster than any())
        if word in text:
            return True
    return False


def _hints(words: tuple[str, ...], codes: tuple[str, ...], text: str) -> bool:
    """Whether a word or a code stands in a text; one digit is looked for faster than several in a row."""
    return _any(words, text) or (("4" in text or "5" in text) and _any(codes, text))


def classify(content: str | None, is_error: bool | None) -> ResultClass:
    """What kind of fact an answer is, from what it says; a declared error is at least an error."""
    if content is None:
        return ResultClass.MISSING
    head = content[:2000]
    short = len(content) < 600
    if EMPTY.match(head) or (short and "[" in head and EMPTY_JSON.match(head)) or _says_nothing(content):
        return ResultClass.ERROR if is_error else ResultClass.EMPTY
    if head[:1] in "{[":
        head = NAMED.sub("", head)
    low = head.lower()
    failed = bool(is_error) or (_hints(ERROR_WORDS, ERROR_CODES, low[:300]) and ERROR.search(head[:300]) is not None)
    maybe = failed or len(content) < 200
    # An answer that says 429 or "time-out" is a failure that waiting may cure; one that only says "later" is pending.
    if maybe and _hints(RETRYABLE_WORDS, RETRYABLE_CODES, low) and RETRYABLE.search(head):
        return ResultClass.RETRYABLE if OBSTACLE.search(content[:2000]) is None else ResultClass.ERROR
    if failed:
        return ResultClass.ERROR
    brief = len(content) < SHORT
    hints, said = (PENDING_WORDS, PENDING) if brief else (PENDING_LONG_WORDS, PENDING_LONG)
    if short and _any(hints, low) and said.search(head):
        return ResultClass.PENDING
    return ResultClass.NEW


def _says_nothing(content: str) -> bool:
    """Whether a sentence or two say that nothing was found."""
    if not 8 <= len(content) <= 260 or content[0] in "{[<":
        return False
    if not _any(NOTHING_WORDS, content[:120].lower()) or SAID_NOTHING.match(content) is None:
        return False
    return GOOD_NEWS.search(content.split("\n", 1)[0]) is None


@lru_cache(maxsize=1024)
def reads(tool: str) -> bool:
    """Whether a tool's name says that it looks at something."""
    return READS.search(tool) is not None


def looks(tool: str, arguments: str) -> bool:
    """Whether a call looks at something, by its tool's name or by how its command begins (`kubectl get pods`)."""
    return reads(tool) or _looks_at_state(tool, arguments)


@lru_cache(maxsize=1024)
def _is_state_tool(tool: str) -> bool:
    return asks_status(tool) or LOOKS.search(tool) is not None or MEASURES.search(tool) is not None


def complains(content: str) -> bool:
    """Whether an answer that is no error of its call says that something is wrong."""
    if len(content) > COMPLAINS_LENGTH or not _any(COMPLAINS_WORDS, content):
        return False
    return COMPLAINS.search(content) is not None


def _looks_at_state(tool: str, arguments: str) -> bool:
    return _is_state_tool(tool) or LOOKS.search(arguments, 0, 60) is not None


def is_gauge(tool: str, arguments: str, answer: str) -> bool:
    """Whether a call reads how something stands: by its verb, and an answer as short as a gauge's, with a figure or
    fields in it.  Searching, reading texts and asking are no such thing.
    """
    if len(answer) > GAUGE_LENGTH or (answer[:1] not in "{[" and FIGURE.search(answer) is None):
        return False
    return _looks_at_state(tool, arguments)


@lru_cache(maxsize=1024)
def asks_status(tool: str) -> bool:
    """Whether a tool's name says that it asks how something is."""
    return STATUS_TOOL.search(tool) is not None


@lru_cache(maxsize=1024)
def _is_pause_tool(tool: str) -> bool:
    return PAUSE_TOOL.match(tool) is not None


def is_pause(tool: str, arguments: str) -> bool:
    """Whether a call only waits: a sleep tool, or a command line that begins with a sleep and does nothing else."""
    if _is_pause_tool(tool):
        return True
    if ("leep" not in arguments and "timeout" not in arguments) or len(arguments) > 120:
        return False
    command = arguments.split(":", 1)[-1] if arguments.lstrip().startswith("{") else arguments
    return PAUSE_COMMAND.match(command) is not None and not re.search(r"&&|;|\|", command)


def waits(arguments: str) -> bool:
    """Whether a command waits before it looks (`sleep 30 && kubectl get pods`)."""
    return "sleep" in arguments and re.search(r"\bsleep \d", arguments) is not None


def is_status(tools: tuple[str, ...]) -> bool:
    """Whether all tools ask how something is."""
    return bool(tools) and all(map(asks_status, tools))


def is_misuse(content: str) -> bool:
    """Whether an error is about the way the call was made or about who made it, not about its thing."""
    return MISUSE.search(content[:600]) is not None


def is_denied(content: str) -> bool:
    """Whether an error says that whoever makes the call may not do this."""
    return DENIED.search(content[:600]) is not None


@lru_cache(maxsize=1024)
def idles(tool: str) -> Literal["", "plan", "hand-off"]:
    """Whether a tool, by its name, only writes down what is to be done, or only says which agent goes on."""
    return "plan" if PLANS.match(tool) else "hand-off" if HANDS_ON.match(tool) else ""


def tests_refusals(text: str) -> bool:
    """Whether a person asks for wrong inputs to be tried: an error is then what the run looks for."""
    return REFUSALS_TESTED.search(text[:4000]) is not None


def asks_again(text: str) -> bool:
    """Whether a person asks, in a few words, for the same to be looked at once more."""
    return len(text) <= 200 and LOOK_AGAIN.search(text) is not None


def watch_is_the_task(text: str) -> bool:
    """Whether a person's sentence begins with the order to watch something: any reading of it is then waited for."""
    return WATCH.search(text[:4000]) is not None


def asks_to_watch(text: str) -> bool:
    """Whether a person asked for something to be watched or waited for: looking again is then the task."""
    return MONITORING.search(text[:4000]) is not None
