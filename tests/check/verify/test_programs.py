"""Python in an answer: where its parts lie, what its objects are, what calls take, what is guarded."""

import ast

import pytest

from tidegate.check.verify.code.check import check_code
from tidegate.check.verify.code.signature import misfits, symbol_of
from tidegate.check.verify.code.source import check_source
from tidegate.spine.claim import Support


def refuted(text: str) -> list[tuple[str, str]]:
    """The exact text and the message of what is refuted."""
    found = [d for d in check_code(text) if d.support is Support.REFUTED]
    return [(text[slice(*d.claim.span)], d.message) for d in found]


def block(code: str) -> str:
    return f"Look:\n\n```python\n{code}\n```\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("before", ["", "s = '🌊 é ﷺ e\u0301'; ", "x = 'ß'\n", "x = '''ä\n🌊'''; "])
def test_spans_are_characters_of_the_text(before: str, end: str) -> None:
    code = f"import math\n{before}math.cosine(1)".replace("\n", end)
    found = [d for d in check_source(code, 7, frozenset(), index_complete=False) if d.support is Support.REFUTED]
    assert [(d.claim.span[0], d.claim.span[1]) for d in found] == [(7 + code.index("math.c"), 7 + code.index("(1)"))]


def test_spans_hold_in_an_indented_block() -> None:
    text = "1. So:\n\n   ```python\n   import math\n   'ö'; math.cosine(1)\n   ```\n"
    assert refuted(text) == [("math.cosine", "math has no cosine")]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("f(1)", []), ("f(1, 2, 3)", []), ("f(1, 2, c=3)", []), ("f(1, k=2)", []), ("f(*x)", []), ("f(**x)", []),
        ("f()", ["needs a"]), ("f(1, 2, 3, 4)", ["takes at most 3 arguments by place, not 4"]), ("f(a=1)", ["takes no argument 'a'"]),
        ("f(1, z=2)", ["takes no argument 'z'"]), ("f(1, 2, b=3)", ["is given 'b' twice"]), ("f(...)", []),
    ],
)  # fmt: skip
def test_a_call_is_held_against_the_parameters(call: str, words: list[str]) -> None:
    node = ast.parse(call, mode="eval").body
    assert isinstance(node, ast.Call)
    assert [m.words for m in misfits(node, symbol_of("(a,/,b=,c=,*,k=)"))] == words


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("from pathlib import Path\ndef f(p: Path):\n    return p.parent.filename()", "p.parent.filename"),
        ("from pathlib import Path\nfor p in Path('.').glob('*'):\n    p.basename()", "p.basename"),
        ("with open('a') as f:\n    f.read_line()", "f.read_line"),
        ("x = [w.upper_case() for w in 'a b'.split()]", "w.upper_case"),
        ("import re\nm = re.search('a', 'b')\nm.get(1)", "m.get"),
        ("import re\ndef f(p):\n    return LIST.push(p)\nLIST = []", "LIST.push"),
        ("import pandas as pd\nd = pd.DataFrame({'a': [1]})\nd['a'].to_dictionary()", "d['a'].to_dictionary"),
    ],
)
def test_members_of_objects_whose_class_is_certain(code: str, wrong: str) -> None:
    assert [at for at, _ in refuted(block(code))] == [wrong]


@pytest.mark.parametrize(
    "code",
    [
        "import sys, os\nsys._getframe()\nos._exit(1)",  # the shipped index holds no private names
        "try:\n    import cPickle as pickle\nexcept ImportError:\n    import pickle",
        "import sys\nif sys.version_info[0] == 2:\n    import urllib2",
        "import math\nif hasattr(math, 'cube'):\n    math.cube(2)",
        "import pandas as pd\nfrom tqdm import tqdm\ntqdm.pandas()\npd.DataFrame().progress_apply(len)",  # it adds methods
        "import pandas as pd\npd.DataFrame.total = lambda s: 1\npd.DataFrame().total()",
        "import pandas as pd\ndf = pd.read_csv('a')\ndf.price.mean()",
        "import matplotlib.pyplot as plt\nax = plt.gca()\nax.plot_surface(1, 2, 3)\nax.set_rmax(2)",
        "def f(x: str = None):\n    x = g(x)\n    x.anything()",
        "from datetime import datetime\ndatetime.strftime(datetime.now(), '%Y')",  # a method, its object in front
        "import pandas as pd\ndf = pd.read_csv('a')\ndf.plot(kind='bar', x='a')\ndf['a'].plot(ax=1)\ndf['a'].str.lower()",
        "from .errors import ConnectionError\nConnectionError(request=1)",
        "def f(s: str):\n    if isinstance(s, Tag):\n        return s.parent",
        "from datetime import tzinfo\ndef f(tz: tzinfo):\n    return tz.zone()",
        "from scipy.stats import sampling",
        "x = (1\n% 2)\n",
        "%matplotlib inline\n!ls\nimport math\nmath.sqrt(2)",
        "import json\njson.dumps({}, cls=Mine, deep=True)",
        "for x in [1, 2]:\n    x = g(x)\n    x.anything()",
    ],
)
def test_what_may_be_right_is_left_alone(code: str) -> None:
    assert refuted(block(code)) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Call `json.dumps(x, pretty=True)`.", "pretty=True"),
        ("In pandas, use `df.merge_on(other)` here.", "df.merge_on"),
        ("In polars, use `df.with_columns(other)` or `struct.with_fields(a)` here.", ""),
        ("Use `df.merge_on(other)`, `str.contains('a')` and `fig.update_layout()` here.", ""),
        (
            "Use `datetime.strptime`:\n\n```python\nfrom datetime import datetime\ndatetime.strptime('1', '%d')\n```\n",
            "",
        ),
        ("Use `dt.strptime_all`:\n\n```python\nfrom datetime import datetime as dt\n```\n", "dt.strptime_all"),
        ("With pathlib, `Path.read_all()` gives the text.", "Path.read_all"),
        ("Take `datetime.now_utc()`.", "datetime.now_utc"),
        ("Take `datetime.now()` or `json.dumps()`.", ""),
        ("Do `numbers.append(3)` and `queue.pop()`.", ""),  # names of variables too
        ("There is no `math.cube(x)`.", ""),
        ("In Python 2 you wrote `dict.iteritems()`.", ""),
        ("`pd.merge(left, right, ...)` joins.", ""),
    ],
)
def test_names_and_calls_in_prose(text: str, wrong: str) -> None:
    assert [at for at, _ in refuted(text)] == [wrong] * bool(wrong)


def test_code_between_windows_line_ends_is_read_alike() -> None:
    text = block("import math\nmath.cosine(1)")
    assert refuted(text.replace("\n", "\r\n")) == refuted(text)


def test_the_mark_that_begins_a_file_is_no_error() -> None:
    found = list(check_source("\ufeffimport math\nmath.cosine(1)", 0, frozenset(), index_complete=False))
    assert [d.claim.span for d in found if d.support is Support.REFUTED] == [(13, 24)]
