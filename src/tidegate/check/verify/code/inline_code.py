# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Names between back-ticks and packages to install, in prose."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from difflib import get_close_matches

from tidegate.check.verify.code.api import NEWER, ORACLE, api_index, packages
from tidegate.check.verify.code.blocks import FENCE
from tidegate.spine.claim import Claim, Decision, Receipt, Support

INLINE = re.compile(r"(?<!`)`(?P<code>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?P<call>\([^`\n]{0,120}\))?`(?!`)")


PIP = re.compile(
    r"\bpip3? install\s+(?:-U\s+|--upgrade\s+|--user\s+)?(?P<names>[A-Za-z][\w.\-]*(?:\[[\w,]+\])?(?:\s+[A-Za-z][\w.\-]*(?:\[[\w,]+\])?){0,5})(?=[\s`\"'.,;)]|$)"
)


INLINE_TOPS = {"np": "numpy", "pd": "pandas", "sp": "scipy", "plt": "matplotlib.pyplot"}


DENIED = re.compile(
    r"\bno (?:such|function|method|attribute|longer)?\s*$|\bnot\b|n't\b|\bno\b\s*$|instead of|rather than|wrong|typo|invent|hallucinat|remov|deprecat|renam|replac|used to|formerly|error|fail|raises?\b|unlike|old(?:er)?\b|never|avoid|AttributeError|ModuleNotFound",
    re.I,
)


# distribution names that differ from their import names or are not importable at all
DISTRIBUTIONS = frozenset(["scikit-learn", "scikit-image", "opencv-python", "opencv-python-headless", "pyyaml", "pillow", "beautifulsoup4", "python-dateutil", "python-dotenv", "pyjwt", "psycopg2-binary", "psycopg",
    "mysqlclient", "mysql-connector-python", "pymysql", "protobuf", "grpcio", "grpcio-tools", "attrs", "pytest-cov", "pytest-xdist", "pytest-asyncio", "pytest-mock", "typing-extensions", "setuptools",
    "pip", "wheel", "google-cloud-storage", "google-cloud-bigquery", "google-generativeai", "google-genai", "azure-identity", "azure-storage-blob", "faiss-cpu", "faiss-gpu", "tensorflow-gpu",
    "torchvision", "torchaudio", "sentence-transformers", "huggingface-hub", "langchain-openai", "langchain-community", "langchain-core", "langchain-anthropic", "llama-index", "llama-cpp-python",
    "discord.py", "python-telegram-bot", "django-rest-framework", "djangorestframework", "flask-sqlalchemy", "flask-cors", "flask-login", "fastapi", "uvicorn", "gunicorn", "msgpack", "biopython",
    "pycryptodome", "pyserial", "pywin32", "python-magic", "python-docx", "python-pptx", "openpyxl", "xlsxwriter", "factory-boy", "dnspython", "memory-profiler", "line-profiler", "jupyterlab",
    "notebook", "ipykernel", "black", "ruff", "mypy", "flake8", "isort", "pre-commit", "poetry", "pipenv", "virtualenv", "tox", "nox", "twine", "build", "uv", "hatch", "scikit-optimize",
    "category-encoders", "imbalanced-learn", "umap-learn", "hdbscan", "statsforecast", "pymc", "pymatgen-core", "chempy", "rdkit", "ase", "mdanalysis"])  # fmt: skip


def check_inline(text: str, extra: frozenset[str], *, index_complete: bool) -> Iterator[Decision]:
    """Dotted names between single back-ticks and packages after `pip install`, in prose."""
    fences = [m.span() for m in FENCE.finditer(text)]
    for found in INLINE.finditer(text):
        if any(a <= found.start() < b for a, b in fences):
            continue
        top, _, rest = found.group("code").partition(".")
        dotted = f"{INLINE_TOPS.get(top, top)}.{rest}"
        module, _, name = dotted.rpartition(".")
        if (
            module not in api_index()
            or dotted in api_index()
            or name
            in (
                "py",
                "com",
                "org",
                "io",
                "json",
                "txt",
                "md",
                "csv",
                "yaml",
                "toml",
                "cfg",
                "ini",
                "html",
                "log",
                "h",
                "c",
                "js",
                "ts",
                "sh",
            )
        ):
            continue
        at = found.start("code")
        claim = Claim(kind="identifier", text=dotted, span=(at, found.end("code")), payload={"name": dotted})
        known = api_index()[module]
        denied = DENIED.search(text[max(0, at - 80) : at - 1].rpartition("\n")[2]) or DENIED.search(
            text[found.end() : found.end() + 50].partition("\n")[0]
        )
        if name in known or dotted in NEWER:
            yield Decision(
                claim=claim,
                support=Support.SUPPORTED,
                receipt=Receipt(oracle=ORACLE, computation=f"{dotted} exists"),
                message="the name exists",
            )
        elif (
            not denied
            and name.islower()
            and (module.split(".")[0] in sys.stdlib_module_names or INLINE_TOPS.get(top) or len(module) > 4)
        ):
            close = get_close_matches(name, known, 1)
            computation = f"{module} has no name {name}" + (f"; nearest: {close[0]}" if close else "")
            yield Decision(
                claim=claim,
                support=Support.REFUTED,
                receipt=Receipt(oracle=ORACLE, computation=computation),
                message=f"{module} has no {name}",
                certainty="measured",
            )
    for found in PIP.finditer(text):
        for word in re.finditer(r"\S+", found.group("names")):
            bare = word.group(0).partition("[")[0].rstrip(".,;:")
            low = bare.lower().replace("_", "-")
            known_names = packages() | {e.lower() for e in extra} | DISTRIBUTIONS
            if (
                not bare
                or low in known_names
                or low.replace("-", "_") in known_names
                or low.replace("-", "") in known_names
                or low.removeprefix("python-") in known_names
                or low.removesuffix("-python") in known_names
            ):
                continue
            close = [c for c in get_close_matches(low, known_names, 1, 0.85) if abs(len(c) - len(low)) <= 2]
            at = found.start("names") + word.start()
            if (
                not (close or index_complete)
                or DENIED.search(text[max(0, found.start() - 60) : found.start()])
                or re.search(r"[-_.]", low)
            ):
                continue  # an unknown distribution name alone says little
            claim = Claim(kind="identifier", text=bare, span=(at, at + len(bare)), payload={"name": bare})
            computation = f"{bare} is in no list of packages" + (f"; nearest: {close[0]}" if close else "")
            yield Decision(
                claim=claim,
                support=Support.REFUTED,
                receipt=Receipt(oracle=ORACLE, computation=computation),
                message=f"no package {bare} is known",
                certainty="measured" if index_complete else "possible",
                probability=None if index_complete else 0.9,
            )
