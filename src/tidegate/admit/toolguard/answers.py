"""What kind of fact a tool's answer is: new, pending, worth a retry, an error, empty.

Facts, not prompts, exempt a run from being stopped: an answer that *says* that the world is not
ready, a pause between two looks, a failure that waiting may cure.
"""

import re

from tidegate.admit.toolguard.model import ResultClass

PENDING = re.compile(
    r"\b(?:pending|queued|enqueued|in[ _-]?progress|processing|(?:is|are|still) (?:being )?\w+ing|being processed|"
    r"not (?:yet )?(?:ready|finished|completed?|done|started|available yet)|(?:has|have|is) not (?:yet )?(?:finished|completed|started)|"  # noqa: E501
    r"yet to \w+|waiting|await(?:ing|s)|scheduled|provisioning|start(?:ing|ed) up|starting|warming(?: up)?|initiali[sz]ing|"  # noqa: E501
    r"try again later|check back|ongoing|under way|underway|submitted|accepted for|on hold|eta\b|estimated (?:time|completion)|"  # noqa: E501
    r"\w*creating|building|deploying|installing|uploading|downloading|updating|syncing|synchroni[sz]ing|migrating|copying|"
    r"indexing|transcoding|rendering|encoding|training|booting|restarting|validating|verifying|compiling|generating|"
    r"calculating|computing|loading|transferring|rolling out|terminating|draining|converting|exporting|importing)\b"
    r"|_in_progress\b|\bpending_|_pending\b|\bcontainercreating\b|\b0/[1-9]\d*\b"
    r"|[\"']?\b(?:status|state|phase|stage|lifecycle_state)[\"']?\s*[:=]\s*[\"']?"
    r"(?:running|active|started|accepted|open|new|created|submitted|init)\b"
    r"|[\"']?\b(?:is_?)?(?:ready|done|finished|complete[d]?|available|success|succeeded|terminated)[\"']?\s*[:=]\s*(?:false|no|0)\b",
    re.I,
)
PENDING_LONG = re.compile(  # in a longer answer only words that are about a job say that it is not done
    r"\b(?:pending|queued|in[ _-]?progress|still (?:running|processing)|not (?:yet )?(?:ready|finished|completed?))\b|_IN_PROGRESS\b"  # noqa: E501
    r"|[\"']?\b(?:status|state|phase)[\"']?\s*[:=]\s*[\"']?(?:running|processing|started|accepted|building)\b",
    re.I,
)
SHORT = 130  # characters of an answer that can be a state
PENDING_WORDS = (
    "ing", "pend", "queue", "progress", "not ", "await", "schedul", "start", "later", "status", "state", "phase", "stage",  # noqa: E501
    "false", "under", "submit", "accept", "hold", "eta", "estimated", "back", "0/", "yet", "ready", "done",
)  # fmt: skip
TERMINAL = re.compile(
    r"\b(?:complete[d]?|done|finished|succeeded|success(?:ful(?:ly)?)?|failed|failure|cancell?ed|aborted|expired|rejected|closed|"
    r"delivered|shipped|error|terminated|stopped|passed|merged|published|deployed)\b(?![\"']?\s*[:=]\s*(?:false|no|0)\b)",
    re.I,
)
RETRYABLE = re.compile(
    r"\b(?:429|500|502|503|504|529)\b|\brate[ _-]?limit|\bquota|too many requests|time[d]?[ -]?out|temporarily unavailable|"  # noqa: E501
    r"service unavailable|bad gateway|gateway time|connection (?:reset|refused|aborted|error|closed)|overloaded|ECONNRESET|"  # noqa: E501
    r"ECONNREFUSED|ETIMEDOUT|try again (?:shortly|later|in)|retry[ _-]after|throttl|internal server error|deadline exceeded",  # noqa: E501
    re.I,
)
RETRYABLE_WORDS = (
    "429", "50", "529", "rate", "quota", "too many", "time", "unavailable", "gateway", "connection", "overload", "econn",  # noqa: E501
    "etimed", "again", "retry", "throttl", "internal server", "deadline",
)  # fmt: skip
ERROR = re.compile(
    r"^\W*(?:error|exception|traceback|failed|failure|fatal|usage:|wrong|incorrect|invalid|denied|rejected|forbidden|"
    r"unauthorized|unable)(?![\w-])|\b(?:error|exception)\b\s*[:=]|\"error\"\s*:(?!\s*(?:null|false|\"\"))|"
    r"\b(?:40[0-9]|41[0-9]|42[0-8])\b[^\n]{0,20}(?:bad|forbidden|unauthorized|not|denied|conflict|gone|unprocess)|"
    r"\bHTTP[/ ]?\d?\.?\d? ?4\d\d\b|\b(?:permission|access)\b[^\n]{0,12}\bdenied\b|"
    r"\btraceback \(most recent|command not found|no such file|invalid (?:argument|option|syntax)|unable to|"
    r"\bcannot\b|could not|\bnot found\b|syntaxerror|\b[A-Z]\w+(?:Error|Exception|Violation)\b|\b[1-9]\d* failed\b",
    re.I,
)
ERROR_WORDS = (
    "err", "exception", "traceback", "fail", "fatal", "usage", "wrong", "incorrect", "invalid", "denied", "reject",
    "forbidden", "unauthor", "not found", "no such", "cannot", "could not", "unable", "http", "violation", "40", "41", "42",  # noqa: E501
)  # fmt: skip
NOTHING = (
    r"no (?:\w+ ){0,2}(?:results?|matches|match|data|records?|entries|documents?|items?|rows?|hits?)"
    r"(?: (?:were |was )?found)?(?: for [^\n]{1,80})?|(?:0|zero) (?:results?|hits|matches|rows|records)(?: found)?|nothing (?:was )?found|"  # noqa: E501
    r"not found|none found"
)
EMPTY = re.compile(rf"^\s*(?:|\[\s*\]|\{{\s*\}}|null|none|undefined|\"\"|(?:{NOTHING})[.!]?)\s*$", re.I)
EMPTY_JSON = re.compile(r"^\s*\{[^{}\[\]]*\"\w+\"\s*:\s*\[\s*\][^{}\[\]]*\}\s*$")  # an object whose one list is empty
PAUSE_TOOL = re.compile(
    r"^(?:\w+[._-])?(?:sleep|wait|pause|delay|back_?off|set_timeout)(?:[._-]?(?:for|seconds|ms|a_while|until|time))?$",
    re.I,
)
PAUSE_COMMAND = re.compile(r"^\W*(?:sleep|start-sleep|timeout /t|time\.sleep\()\W*\d", re.I)
STATUS_TOOL = re.compile(
    r"status|state|progress|poll|health|heartbeat|ready|readiness|liveness|alive|uptime|metric|monitor|watch|ping|queue|rollout|"
    r"(?:get|check|describe|view|show)_?(?:job|run|build|task|deploy\w*|export|import|pipeline|workflow)s?$",
    re.I,
)
MONITORING = re.compile(
    r"\b(?:monitor|keep (?:an eye|watch|checking|polling)|watch (?:the|for|over)|poll\b|every (?:\d+ |few |couple of )?"
    r"(?:second|minute|hour|min|sec)s?|(?:check|look)\w* (?:again )?(?:periodically|regularly|continuously)|observe|"
    r"wait (?:for|until|till)|until (?:it|the|they|all) [^.\n]{0,40}(?:done|ready|finish\w*|complete\w*|up|out|over|live)|as soon as)\b",  # noqa: E501
    re.I,
)


def _any(words: tuple[str, ...], text: str) -> bool:
    return any(word in text for word in words)


def classify(content: str | None, is_error: bool | None) -> ResultClass:
    """What kind of fact an answer is, from what it says; a declared error is at least an error."""
    if content is None:
        return ResultClass.MISSING
    head = content[:2000]
    short = len(content) < 600
    if EMPTY.match(head) or (short and "[" in head and EMPTY_JSON.match(head)):
        return ResultClass.ERROR if is_error else ResultClass.EMPTY
    low = head.lower()
    failed = bool(is_error) or (_any(ERROR_WORDS, low[:300]) and ERROR.search(head[:300]) is not None)
    maybe = failed or len(content) < 200
    # An answer that says 429 or "time-out" is a failure that waiting may cure; one that only says "later" is pending.
    if maybe and _any(RETRYABLE_WORDS, low) and RETRYABLE.search(head):
        return ResultClass.RETRYABLE
    if failed:
        return ResultClass.ERROR
    if short and _any(PENDING_WORDS, low) and (PENDING if len(content) < SHORT else PENDING_LONG).search(head):
        return ResultClass.PENDING
    return ResultClass.NEW


def is_pause(tool: str, arguments: str) -> bool:
    """Whether a call only waits: a sleep tool, or a command line that begins with a sleep and does nothing else."""
    if PAUSE_TOOL.match(tool):
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
    return bool(tools) and all(STATUS_TOOL.search(t) for t in tools)


def asks_to_watch(text: str) -> bool:
    """Whether a person asked for something to be watched or waited for: looking again is then the task."""
    return MONITORING.search(text[:4000]) is not None
