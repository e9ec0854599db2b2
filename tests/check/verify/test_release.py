"""Typed entropy tells guessing from knowing, the head is calibrated, and the threshold keeps its promise."""

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from tidegate.check.verify import experts
from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.entropy import sample_until_settled, second_derivation, semantic_entropy
from tidegate.check.verify.meaning import agrees, same
from tidegate.check.verify.release import FEATURES, binomial_tail, features, fit, fit_and_test, learn_then_test
from tidegate.cli.main import main
from tidegate.cli.verbs import verify_release
from tidegate.runner.asking import AnswerCache, Reply
from tidegate.spine.errors import InputError, ModelError
from tidegate.store.state import SqliteState


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        ("12 km", "12000 m", True), ("about 12.0 km", "the distance is 12 km", True), ("12 km", "13 km", False), ("5 J", "5 N", False), ("C2H4O2", "CH3COOH", True), ("H2O", "H2O2", False),
        ("2H2 + O2 -> 2H2O", "4 H2 + 2 O2 → 4 H2O", True), ("2H2 + O2 -> 2H2O", "H2 + O2 -> 2H2O", False), ("def f(x):\n    return x*2", 'def f(y):\n    """d"""\n    return y * 2', True),
        ("def f(x):\n    return x*2", "def f(x):\n    return x*3", False), ("doi:10.1000/abc", "https://doi.org/10.1000/ABC", True), ("yes", "Yes.", True), ("42", "42.0", True),
    ],
)  # fmt: skip
def test_equality_is_the_types_own(a: str, b: str, equal: bool) -> None:
    assert same(a, b) is equal
    assert same(b, a) is equal


MEANT = [  # question, two answers, whether they mean the same
    ("What is the symbol of iron?", "Its symbol is Fe (from ferrum).", "Fe", True), ("What is the symbol of iron?", "The symbol is Fe.", "The symbol is Ir.", False),
    ("What is the capital of Kenya?", "The capital of Kenya is Nairobi.", "Nairobi", True), ("What is the capital of Kenya?", "It's Nairobi.", "Mombasa", False),
    ("Is gold magnetic?", "No.", "No, it is not.", True), ("Is gold magnetic?", "Gold is magnetic.", "Gold is not magnetic.", False), ("Which?", "Blue", "Blue or green", False),
    ("What is 12 * 4?", "12 * 4", "4", False), ("What is 12 * 4?", "The product is 48.", "12 × 4", True), ("What is 15 / 4?", "15/4", "3.75", True), ("When?", "2024-05-01", "2024-04-02", False),
    ("x doubled in Python?", "2 * x", "x * 2", True), ("x doubled in Python?", "2 * x", "x + 2", False), ("A function?", "def f(x):\n    return 2 * x", "Here:\n```python\ndef g(n):\n    return n * 2\n```", True),
    ("Which gas?", "Plants take in carbon dioxide.", "CO2", True), ("How many electrons has Na+?", "Na+ has 10 electrons.", "10", True), ("How long?", "", "", False), ("How long?", "", "5 m", False),
]  # fmt: skip


@pytest.mark.parametrize(("question", "a", "b", "equal"), MEANT)
def test_sentences_meet_by_what_they_add_to_the_question(question: str, a: str, b: str, equal: bool) -> None:
    assert same(a, b, question) is equal
    assert same(b, a, question) is equal


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        ("5 m", "We add.\nAnswer: 500 cm", True), ("5 m", "6 m", False), ("5", "Answer: -5", False), ("5", "So 2 + 3.\nThe answer is **5**.", True), ("Fe", "The symbol is Ir.", False), ("Paris", "Berlin", False), ("5 m", "I cannot say.", None),
        ("Fe", "26", None), ("5 m", "", None), ("It rises because the warm air above the ground is lighter", "Since the sun heats water near the coast, it must", None),
    ],
)  # fmt: skip
def test_only_answers_of_one_kind_can_disagree(a: str, b: str, verdict: bool | None) -> None:
    assert agrees(a, b, "Which?") is verdict
    assert agrees(b, a, "Which?") is verdict


class Scripted:
    """A model that answers from a list."""

    name = "scripted"

    def __init__(self, *texts: str) -> None:
        self.texts, self.asked = texts, 0

    def ask(self, request: dict[str, object]) -> Reply:
        self.asked += 1
        return Reply(text=self.texts[(self.asked - 1) % len(self.texts)])


def test_sampling_stops_when_the_leader_is_settled_and_the_second_derivation_is_blind() -> None:
    agreed = Scripted("5 m", "500 cm", "5.0 m")
    found = sample_until_settled(agreed, "How long?")
    assert (found.entropy, found.samples) == (0.0, 4)
    torn = sample_until_settled(Scripted("5 m", "6 m", "7 m", "8 m"), "How long?")
    assert torn.samples == 3, "three answers, three values: more would only confirm the guessing"
    assert torn.entropy > 1.0
    assert second_derivation(Scripted("It is 500 cm."), "How long?", "5 m").agrees is True
    assert second_derivation(Scripted("It is 6 m."), "How long?", "5 m") == ("It is 6 m.", False)
    assert second_derivation(Scripted("I cannot say."), "How long?", "5 m").agrees is None


def test_the_head_is_calibrated_and_the_threshold_keeps_its_promise() -> None:
    """400 worlds of 400 answers: the share of worlds whose released answers err more than alpha stays below delta."""
    rng = random.Random(11)
    broken = released = 0
    for _ in range(400):
        scores = [rng.random() for _ in range(400)]
        wrong = [rng.random() < p * p for p in scores]
        found = learn_then_test(scores, wrong, alpha=0.1, delta=0.1)
        if found.threshold is not None:
            released += 1
            broken += found.threshold**2 / 3 > 0.1  # the true risk of releasing below it: mean of p² there
    assert released > 300, "it is not empty caution"
    assert broken / 400 <= 0.1
    rows = [(float(rng.random() < 0.3), *[rng.random() for _ in FEATURES[1:]]) for _ in range(600)]
    truth = [rng.random() < (0.8 if r[0] else 0.1) for r in rows]
    head = fit(rows, truth)
    for value, rate in ((1.0, 0.8), (0.0, 0.1)):
        mine = [head.probability(r) for r in rows if r[0] == value]
        assert sum(mine) / len(mine) == pytest.approx(rate, abs=0.07)


def test_a_small_sure_core_is_released_and_one_early_error_does_not_end_the_search() -> None:
    rng = random.Random(12)
    core = [(0.01 * rng.random(), False) for _ in range(40)] + [
        (0.3 + 0.5 * rng.random(), rng.random() < 0.5) for _ in range(160)
    ]
    found = learn_then_test(*zip(*core, strict=True), alpha=0.1)
    assert 40 <= found.released <= 44
    good = [(rng.random(), n % 50 == 3) for n in range(400)]
    first = min(good)
    good[good.index(first)] = (first[0], True)
    assert learn_then_test(*zip(*good, strict=True), alpha=0.1).released > 300


def test_without_a_passing_threshold_nothing_is_released() -> None:
    rows = [(0.0,) * len(FEATURES)] * 50 + [(1.0,) + (0.0,) * (len(FEATURES) - 1)] * 50
    head, tested = fit_and_test(rows, [n % 4 < 2 for n in range(100)], alpha=0.01)
    assert tested.threshold is None
    assert head.releases(rows[0]) is False
    with pytest.raises(InputError, match="at least 40"):
        fit(rows[:3], [True, False, True])
    assert binomial_tail(0, 59, 0.05) == pytest.approx(0.95**59)


def test_features_come_from_the_verifiers() -> None:
    wrong, right = verify_answer("12 * 7 = 94 kg"), verify_answer("12 * 7 = 84 kg")
    assert features(wrong)[0] == 1.0
    assert features(right)[0] == 0.0
    split = semantic_entropy(["84 kg", "84 kg", "90 kg"])
    assert features(right, split, "84 kg", True)[5] == pytest.approx(1 / 3)
    assert features(right, split, "12 kg", False)[5] == 1.0


class Engine:
    """A second model over the port: it answers what it is told to, and keeps what it was asked."""

    name = "stub"

    def __init__(self, text: str) -> None:
        self.text, self.asked = text, ""

    def ask(self, request: dict[str, Any]) -> Reply:
        self.asked = str(request)
        return Reply(text=self.text)


QUESTION = "What dose of paracetamol at 15 mg/kg does a child of 22 kg get?"
ANSWER = "The child gets 300 mg of paracetamol."


def test_a_second_derivation_that_disagrees_is_routed_to_the_expert_queue(tmp_path: Path) -> None:
    engine, found = Engine("15 mg/kg × 22 kg = 330 mg"), verify_answer(ANSWER, QUESTION)
    models = verify_release.Askers(judge=engine)
    said = verify_release.beside(found, QUESTION, ANSWER, {}, models, None, "-", SqliteState(tmp_path / "state.db"))
    assert said["second"]["agrees"] is False
    assert ANSWER not in engine.asked, "the second derivation is blind"
    (key, waiting), *others = experts.ranked(SqliteState(tmp_path / "state.db"))
    assert not others
    assert key == said["second"]["queued"]
    assert waiting["second"] == "15 mg/kg × 22 kg = 330 mg"
    assert waiting["consequence"] == 12.0, "a quantity, where a dose is spoken of"


@pytest.mark.parametrize("second", ["So it is 0.3 g.", "I cannot say."])
def test_a_second_derivation_that_agrees_or_says_nothing_is_not_routed(tmp_path: Path, second: str) -> None:
    models = verify_release.Askers(judge=Engine(second))
    found = verify_answer(ANSWER, QUESTION)
    state = SqliteState(tmp_path / "state.db")
    verify_release.beside(found, QUESTION, ANSWER, {}, models, None, "-", state)
    assert not experts.ranked(state)


def exit_code(*argv: object) -> object:
    with pytest.raises(SystemExit) as ended:
        main(["verify", *map(str, argv)])
    return ended.value.code


def labelled(path: Path, wrong_when_agreed: int) -> Path:
    """200 answers of a model that knows two thirds; every `wrong_when_agreed`-th that it is sure of is wrong."""
    rows = []
    for n in range(200):
        knows = n % 3 != 0
        samples = [f"{n + 7} m"] * 6 if knows else [f"{n + k} m" for k in range(6)]
        rows.append(
            {
                "question": "How far?",
                "answer": f"{n + 7} m",
                "samples": samples,
                "second": f"{n + (7 if knows else 5)} m",
                "correct": knows and n % wrong_when_agreed != 1,
            }
        )
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_a_fit_says_what_it_learned_and_a_release_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head, rows = tmp_path / "head.json", labelled(tmp_path / "rows.jsonl", 1000)
    assert exit_code("--fit", rows, "--out", head, "--alpha", "0.1") == 0
    told = capsys.readouterr().out
    assert "200 labelled answers, 68 wrong" in told
    assert re.search(r"× \d[\d.]* +a nat of entropy among the samples", told)
    assert re.search(r"× \d[\d.]* +a second derivation that differs", told)
    assert "at most 10% of it is wrong" in told
    answers = tmp_path / "answers.jsonl"
    agreed = {
        "id": "sure",
        "question": "How far?",
        "answer": "12 m",
        "samples": ["12 m", "1200 cm", "12.0 m"],
        "second": "12 m",
    }
    torn = {
        "id": "torn",
        "question": "How far?",
        "answer": "12 m",
        "samples": ["12 m", "13 m", "14 m"],
        "second": "9 m",
    }
    answers.write_text(json.dumps(agreed) + "\n" + json.dumps(torn))
    exit_code("--jsonl", answers, "--head", head)
    sure, held = (json.loads(line)["release"] for line in capsys.readouterr().out.splitlines())
    assert (sure["release"], held["release"]) == (True, False)
    assert not sure["odds"], "nothing speaks against it"
    assert held["odds"]["a nat of entropy among the samples"] > 1
    answer = tmp_path / "a.md"
    answer.write_text("12 * 7 = 84 m")
    assert exit_code(answer, "--head", head, "--question", "How far?") == 3, "no samples: held back, which is no pass"
    told = " ".join(capsys.readouterr().out.split())
    assert "the head was fitted with samples, this answer comes without" in told


def test_a_fit_without_a_threshold_says_what_was_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = labelled(tmp_path / "rows.jsonl", 4)
    assert exit_code("--fit", rows, "--out", tmp_path / "head.json", "--alpha", "0.1") == 3
    told = " ".join(capsys.readouterr().out.split())
    assert re.search(
        r"No threshold passes: of the \d+ surest answers \d+ were wrong, at most \d may be for alpha 0.1", told
    )
    few = learn_then_test([0.1] * 10, [False] * 10, alpha=0.1)
    assert few.why == "10 answers are left to test on, at least 29 are needed for alpha 0.1"


def test_what_models_said_for_a_fit_is_kept_when_one_of_them_fails(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "kept.jsonl")
    model = Scripted("5 m")
    first = verify_release.Kept(model, cache, tmp_path / "kept.jsonl")
    sample_until_settled(first, "How long?")
    asked = model.asked
    again = verify_release.Kept(model, AnswerCache(tmp_path / "kept.jsonl"), tmp_path / "kept.jsonl")
    sample_until_settled(again, "How long?")
    assert model.asked == asked == 4

    class Silent:
        name = "silent"

        def ask(self, request: dict[str, Any]) -> Reply:
            raise ModelError("the model does not answer")

    with pytest.raises(ModelError, match="is kept in"):
        verify_release.Kept(Silent(), cache, tmp_path / "kept.jsonl").ask({})


def test_models_are_not_asked_without_a_question_and_it_is_said(tmp_path: Path) -> None:
    said = verify_release.beside(
        verify_answer("5 m"), "", "5 m", {}, verify_release.Askers(judge=Engine("5 m")), None, "-"
    )
    assert said == {"not_asked": "the models were not asked: no question is given"}


def test_the_queue_says_what_was_asked_answered_and_found_and_refuses_a_folder_that_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_code("--queue", "--store", tmp_path / "mistyped") == 2
    assert "there is no store here" in capsys.readouterr().err
    assert not (tmp_path / "mistyped").exists()
    Path("tidegate.yaml").write_text("store: {path: kept}")
    rows = Path("rows.jsonl")
    rows.write_text(json.dumps({"id": "dose", "question": QUESTION, "answer": ANSWER, "second": "Answer: 330 mg"}))
    exit_code("--jsonl", rows, "--route")
    said = json.loads(capsys.readouterr().out)
    assert said["second"] == {"agrees": False, "said": "330 mg", "queued": "dose", "consequence": 12.0}
    assert exit_code("--queue") == 0
    told = capsys.readouterr().out
    for words in ("1 answer waits", "dose", QUESTION[:60], ANSWER, "a second derivation came to: 330 mg", "--done KEY"):
        assert words in " ".join(told.split()), words
    assert exit_code("--queue", "--done", "dose") == 0
    assert "No answer waits for an expert." in capsys.readouterr().out
