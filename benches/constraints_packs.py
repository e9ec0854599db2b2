# ruff: noqa: E501 (tables read better whole)
"""Starter packs: how often each alarms on benign texts, and how much it finds of what it is for.

`python -m benches.constraints_packs` prints, for each output pack, the share of texts with a span in four public
corpora (needs the recordings beside the repository), and recall on generated secrets, cards and identifiers whose
check digits are right; the same numbers with one digit changed must not alarm.  `--hits` prints every alarm's rule and
its place (never its text).  The SQL pack is judged on statements written here.
"""

import gzip
import json
import os
import random
import string
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from benches.report import Report
from tidegate.check.constraints.calls.expression import sql_reads_only
from tidegate.check.constraints.load import output_filter, starter_pack
from tidegate.check.constraints.streaming.stream import Filter, filter_text
from tidegate.spine.sensitive import checksums
from tidegate.stats.intervals import wilson_bounds

DATA = Path(os.environ.get("TIDEGATE_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
PACKS = ("secrets", "payment-cards", "pii", "contact")
SEED = 4


def corpora() -> Iterator[tuple[str, list[str]]]:
    """(name, texts) of the benign corpora that are there."""
    for name, file, read in (
        ("notinject", "agents/notinject_piguard_valid.jsonl", lambda r: [r["text"]]),
        ("cyberseceval benign", "agents/cyberseceval_mitre_frr_benign.jsonl.gz", lambda r: [r["text"]]),
        (
            "arena messages",
            "evals/judges/arena_conversations.jsonl.gz",
            lambda r: [t for side in ("conversation_a", "conversation_b") for _, t in r[side]],
        ),
        ("fabric patterns", "knowledge/fabric_patterns.jsonl", lambda r: [r["text"]]),
        ("bipia e-mails", "agents/bipia_email_contexts.jsonl", lambda r: [r["context"], r["question"]]),
        ("bipia attacks", "agents/bipia_attacks.jsonl", lambda r: [r["attack"]]),
    ):
        path = DATA / file
        if path.exists():
            raw = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode("utf-8")
            yield name, [t for line in raw.splitlines() for t in read(json.loads(line)) if t]


def share(hits: int, n: int) -> str:
    """`hits of n = percent [low, high]`, Wilson, 95 %."""
    low, high = wilson_bounds(hits, n)
    return f"{hits} of {n} = {100 * hits / max(n, 1):.2f} % [{100 * float(low):.2f}, {100 * float(high):.2f}]"


def false_alarms(report: Report, *, show: bool) -> None:
    """Texts with a span, by pack and corpus."""
    there = list(corpora())
    if not there:
        report.row("benign corpora", goal="reported", measured=f"no recordings at {DATA}", holds=None)
    for pack in PACKS:
        filter_ = output_filter(starter_pack(pack))
        for name, texts in there:
            rules: Counter[str] = Counter()
            hits = 0
            for i, text in enumerate(texts):
                spans = filter_text(filter_, [text])[1]
                hits += bool(spans)
                rules.update(s.rule for s in spans)
                if show:
                    for s in spans:
                        print(
                            f"{pack} {name} text {i} [{s.start}, {s.end}) {s.rule}: ...{text[max(0, s.start - 30) : s.start]}<{s.end - s.start} characters>{text[s.end : s.end + 10]!r}"
                        )
            goal = "reported" if pack == "contact" else "<= 0.5 %"
            report.row(
                f"{pack}: alarms on {name}",
                goal=goal,
                measured=share(hits, len(texts)),
                holds=pack == "contact" or hits <= 0.005 * len(texts),
                note=", ".join(f"{r} {c}" for r, c in rules.most_common(4)),
            )


def valid(check: Callable[[str], bool], shape: str, rng: random.Random) -> str:
    """A number of a shape (# digit, A letter, other characters as they are) whose check digits are right."""
    for _ in range(200_000):
        text = "".join(
            rng.choice("0123456789") if c == "#" else rng.choice(string.ascii_uppercase) if c == "A" else c
            for c in shape
        )
        if check(text):
            return text
    raise AssertionError(f"no valid number of shape {shape!r} in 200,000 tries")


NUMBERS: tuple[tuple[str, str, Callable[[str], bool], str, str], ...] = (
    ("payment-cards", "card", checksums.payment_card, "4###############", "The card is {}, please."),
    ("payment-cards", "card in groups", checksums.payment_card, "5### #### #### ####", "Charge {} today."),
    ("payment-cards", "card with hyphens", checksums.payment_card, "4###-####-####-####", "{} expires in May."),
    ("payment-cards", "fifteen digits", checksums.payment_card, "37#############", "Amex: {}"),
    ("pii", "US social security number", checksums.us_ssn, "###-##-####", "His number is {}."),
    ("pii", "IBAN, Germany", checksums.iban, "DE####################", "Pay to {}."),
    ("pii", "IBAN, in groups", checksums.iban, "GB## AAAA #### #### #### ##", "My IBAN: {}"),
    ("pii", "Spanish DNI", checksums.es_dni, "########A", "DNI {}"),
    ("pii", "Dutch BSN", checksums.nl_bsn, "#########", "BSN {}"),
    ("pii", "Polish PESEL", checksums.pl_pesel, "###########", "PESEL: {}"),
    ("pii", "Brazilian CPF", checksums.br_cpf, "###.###.###-##", "O CPF é {}."),
    ("pii", "NHS number", checksums.uk_nhs, "### ### ####", "NHS number {}"),
    ("pii", "ABA routing number", checksums.aba_routing, "#########", "routing number {}"),
    ("pii", "Aadhaar", checksums.in_aadhaar, "#### #### ####", "Aadhaar {}"),
)  # fmt: skip


def recall_of_numbers(report: Report) -> None:
    """Right numbers found, numbers with one digit changed not."""
    rng = random.Random(SEED)
    for pack, name, check, shape, frame in NUMBERS:
        filter_ = output_filter(starter_pack(pack))
        n, found, wrong, broken = 40, 0, 0, 0
        for _ in range(n):
            number = valid(check, shape, rng)
            found += caught(filter_, frame.format(number))
            spoiled = spoil(number, check, rng)
            if spoiled:
                broken += 1
                wrong += caught(filter_, frame.format(spoiled))
        report.row(f"{pack}: {name} found", goal=">= 99 %", measured=share(found, n), holds=found >= 0.99 * n)
        report.row(f"{pack}: {name} with a wrong digit", goal="0", measured=share(wrong, broken), holds=wrong == 0)


def spoil(number: str, check: Callable[[str], bool], rng: random.Random) -> str:
    """The number with one digit changed so that its check digits are wrong, or nothing."""
    for _ in range(50):
        i = rng.choice([i for i, c in enumerate(number) if c.isdigit()])
        text = number[:i] + rng.choice("0123456789") + number[i + 1 :]
        if not check(text):
            return text
    return ""


def caught(filter_: Filter, text: str) -> bool:
    """Whether anything of a text is withheld."""
    return bool(filter_text(filter_, [text])[1])


def token(alphabet: str, n: int, rng: random.Random) -> str:
    """`n` random characters."""
    return "".join(rng.choice(alphabet) for _ in range(n))


def recall_of_secrets(report: Report) -> None:
    """Generated secrets of published shapes."""
    rng = random.Random(SEED + 1)
    alnum, upper, hexa = string.ascii_letters + string.digits, string.ascii_uppercase + "234567", "0123456789abcdef"
    makers: tuple[tuple[str, Callable[[], str]], ...] = (
        ("AWS access key", lambda: "AKIA" + token(upper, 16, rng)),
        ("AWS secret key", lambda: f'aws_secret_access_key = "{token(alnum + "+/", 40, rng)}"'),
        ("GitHub token", lambda: "ghp_" + token(alnum, 36, rng)),
        ("Slack bot token", lambda: f"xoxb-{token(string.digits, 12, rng)}-{token(string.digits, 12, rng)}-{token(alnum, 24, rng)}"),
        ("Stripe live key", lambda: "sk_live_" + token(alnum, 24, rng)),
        ("Google API key", lambda: "AIza" + token(alnum + "-_", 35, rng)),
        ("JWT", lambda: f"eyJ{token(alnum, 30, rng)}.eyJ{token(alnum, 60, rng)}.{token(alnum + '-_', 43, rng)}"),
        ("private key block", lambda: f"-----BEGIN RSA PRIVATE KEY-----\n{token(alnum + '+/', 64, rng)}\n{token(alnum + '+/', 64, rng)}\n-----END RSA PRIVATE KEY-----"),
        ("password in a setting", lambda: f"password = '{token(alnum + '!#%', 14, rng)}'"),
        ("connection string", lambda: f"postgres://app:{token(alnum, 16, rng)}@db.internal:5432/prod"),
        ("bearer header", lambda: f"Authorization: Bearer {token(alnum, 40, rng)}"),
        ("API key in hex", lambda: f"api_key={token(hexa, 32, rng)}"),
    )  # fmt: skip
    filter_ = output_filter(starter_pack("secrets"))
    for name, make in makers:
        found = sum(caught(filter_, f"Here it is: {make()} - keep it safe.") for _ in range(60))
        report.row(f"secrets: {name} found", goal=">= 99 %", measured=share(found, 60), holds=found >= 0.99 * 60)


READING = ("SELECT 1", "select * from orders where status = 'deleted'", "WITH t AS (SELECT id FROM a) SELECT * FROM t", "SELECT count(*) FROM updates",
           "SELECT 'drop table x'", "select \"delete\" from log -- insert nothing", "EXPLAIN SELECT * FROM a", "SELECT * FROM a WHERE note = 'a;b'",
           "(SELECT 1) UNION (SELECT 2)", "SELECT replace(name, 'a', 'b') FROM t", "SELECT * FROM t LIMIT 5;", "select created_at, updated_at from t",
           "SHOW TABLES", "SELECT truncate(price, 2) FROM t", "VALUES (1), (2)")  # fmt: skip
WRITING = ("DELETE FROM a", "select 1; drop table a", "WITH d AS (DELETE FROM a RETURNING *) SELECT * FROM d", "UPDATE a SET b = 1", "/* x */ drop table a",
           "SELECT * INTO b FROM a", "INSERT INTO a VALUES (1)", "TRUNCATE a", "GRANT ALL ON a TO b", "EXPLAIN ANALYZE DELETE FROM a", "CALL purge()",
           "COPY a TO '/tmp/a'", "select 1;--\ndelete from a", "DO $$ BEGIN DELETE FROM a; END $$", "SELECT pg_terminate_backend(1)", "SELECT * FROM a FOR UPDATE",
           "ALTER TABLE a ADD b int", "MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE", "SET ROLE admin", "SELECT lo_unlink(5)",
           "REPLACE INTO a VALUES (1)", "SELECT setval('s', 1)", "select sleep(10)", "SELECT query_to_xml('delete from a', true, true, '')")  # fmt: skip


def sql(report: Report) -> None:
    """The SQL pack's question on statements that read and statements that do not."""
    wrong = [s for s in READING if not sql_reads_only(s)]
    through = [s for s in WRITING if sql_reads_only(s)]
    report.row(
        "sql: reading statements refused",
        goal="0",
        measured=share(len(wrong), len(READING)),
        holds=not wrong,
        note="; ".join(wrong),
    )
    report.row(
        "sql: writing statements let through",
        goal="0",
        measured=share(len(through), len(WRITING)),
        holds=not through,
        note="; ".join(through),
    )


def main() -> None:
    """Everything; exit 1 when a goal is missed."""
    report = Report(f"starter packs, seed {SEED}")
    false_alarms(report, show="--hits" in sys.argv)
    recall_of_numbers(report)
    recall_of_secrets(report)
    sql(report)
    report.finish([a for a in sys.argv[1:] if a == "--json"])


if __name__ == "__main__":
    main()
