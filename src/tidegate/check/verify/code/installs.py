# ruff: noqa: E501  (patterns and tables read best on one line)
"""Packages that prose or a shell line installs: `pip install …`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidegate.check.verify.code.api import ORACLE, packages
from tidegate.check.verify.code.inline_code import DENIED
from tidegate.check.verify.code.modules import nearest
from tidegate.check.verify.verdicts import refuted
from tidegate.spine.claim import Claim, Decision

PIP = re.compile(
    r"\bpip3? install\s+(?:-U\s+|--upgrade\s+|--user\s+)?(?P<names>[A-Za-z][\w.\-]*(?:\[[\w,]+\])?(?:\s+[A-Za-z][\w.\-]*(?:\[[\w,]+\])?){0,5})(?=[\s`\"'.,;)]|$)"
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


NEAREST_MAX = 40  # unknown packages of one text that are compared with the known names, at a millisecond each


def check_installs(text: str, extra: frozenset[str], *, index_complete: bool) -> Iterator[Decision]:
    """Packages after `pip install` that are a slip of a known one, or that a complete list does not hold."""
    known = packages() | {e.lower() for e in extra} | DISTRIBUTIONS
    installs = list(PIP.finditer(text))
    by_size: dict[int, list[str]] = {}
    for name in sorted(known) if installs else ():
        by_size.setdefault(len(name), []).append(name)
    closest: dict[str, str] = {}
    for found in installs:
        if DENIED.search(text[max(0, found.start() - 60) : found.start()]):
            continue
        for word in re.finditer(r"\S+", found.group("names")):
            bare = word.group(0).partition("[")[0].rstrip(".,;:")
            low = bare.lower().replace("_", "-")
            spellings = {
                low,
                low.replace("-", "_"),
                low.replace("-", ""),
                low.removeprefix("python-"),
                low.removesuffix("-python"),
            }
            if not bare or spellings & known or re.search(r"[-_.]", low):
                continue
            if low not in closest and len(closest) < NEAREST_MAX:
                closest[low] = nearest(
                    low, [k for size in range(-2, 3) for k in by_size.get(len(low) + size, ())], 0.85
                )
            close = closest.get(low, "")
            if not (close or index_complete):
                continue  # an unknown distribution name alone says little
            at = found.start("names") + word.start()
            claim = Claim(kind="identifier", text=bare, span=(at, at + len(bare)), payload={"name": bare})
            words = f"{bare} is in no list of packages" + close
            yield refuted(claim, ORACLE, words, f"no package {bare} is known",
                          certainty="measured" if index_complete else "possible",
                          probability=None if index_complete else 0.9)  # fmt: skip
