"""Python answers, a second set of twins: type hints, loops over results, methods on what methods return, names in prose."""
# fmt: off

from tests.check.verify.answers_code_a import block
from tests.check.verify.collecting import Answers

ITEMS = Answers()


def twin(wrong: str, needle: str, right: str) -> None:
    """An answer with one wrong part, and the same with the part mended."""
    assert needle in wrong, needle
    ITEMS.bad("code", wrong, needle)
    ITEMS.ok("code", wrong.replace(needle, right))


twin(block("""
from pathlib import Path

def newest(folder: Path) -> Path:
    files = sorted(folder.rglob("*.log"), key=lambda p: p.stat().st_mtime)
    return files[-1]

def describe(path: Path) -> str:
    return f"{path.filename}: {path.stat().st_size} bytes"
""", "A small helper to find the newest log:"), "path.filename", "path.name")
twin(block("""
import pandas as pd

def clean(df: pd.DataFrame) -> pd.DataFrame:
    df = df.drop_duplicates(columns=["id"])
    return df.dropna()
"""), 'columns=["id"]', 'subset=["id"]')
twin(block("""
import numpy as np

a = np.zeros((3, 3))
a.fill_diagonal(1)
"""), "a.fill_diagonal(1)", "np.fill_diagonal(a, 1)")
twin(block("""
import numpy as np

values = np.array([3, 1, 2])
print(np.sort(values, descending=True))
"""), "descending=True", "axis=0")
twin(block("""
import json
from pathlib import Path

data = json.loads(Path("a.json").read_text(encode="utf-8"))
"""), 'encode="utf-8"', 'encoding="utf-8"')
twin(block("""
import subprocess

result = subprocess.run(["ls", "-l"], capture_output=True, text=True)
for line in result.output.splitlines():
    print(line)
"""), "result.output", "result.stdout")
twin(block("""
import asyncio

async def main():
    async with asyncio.timeout(5):
        await asyncio.wait_for_all([asyncio.sleep(1)])
"""), "asyncio.wait_for_all(", "asyncio.wait(")
twin(block("""
import requests

session = requests.Session()
session.headers.update({"Accept": "application/json"})
reply = session.get("https://api.example.com/v1", timeout=5)
print(reply.status)
"""), "reply.status)", "reply.status_code)")
twin(block("""
import re

m = re.search(r"(?P<year>\\d{4})", "in 1999")
if m:
    print(m.get("year"))
"""), 'm.get("year")', 'm.group("year")')
twin(block("""
from datetime import datetime, timezone

now = datetime.now(tz=timezone.utc)
print(now.isoformat(timespec="seconds"), now.to_timestamp())
"""), "to_timestamp", "timestamp")
twin(block("""
from collections import deque

window = deque(maxlen=10)
window.push(3)
"""), "window.push(3)", "window.append(3)")
twin(block("""
from itertools import chain, group_by

flat = list(chain.from_iterable([[1], [2, 3]]))
"""), "group_by", "groupby")
twin(block("""
text = "alpha,beta"
parts = text.split(",")
for part in parts:
    print(part.trim())
"""), "part.trim()", "part.strip()")
twin(block("""
names = ["a", "b"]
names.add("c")
"""), "names.add", "names.append")
twin(block("""
scores = {"a": 1}
for key, value in scores.entries():
    print(key, value)
"""), "entries", "items")
twin("You can read the whole file with pathlib's `Path.read_all()` and then split it.", "Path.read_all", "Path.read_text")
twin("To merge on the index in pandas use `df.join_on(other)`; it keeps the left order.", "df.join_on(other)", "df.join(other)")
twin("Call `asyncio.run_sync(main())` once at the bottom of the script.", "asyncio.run_sync", "asyncio.run")
twin("Use `plt.savefig('a.png', resolution_dpi=200)`? No: pass what you need, e.g. `plt.figure(size=(8, 4))`.".replace("Use `plt.savefig('a.png', resolution_dpi=200)`? No: pass what you need, e.g.", "Make the figure wider with"), "size=(8, 4)", "figsize=(8, 4)")
twin("`itertools.flatten(lists)` turns a list of lists into one.", "itertools.flatten(lists)", "itertools.chain(lists)")
twin(block("""
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

search = GridSearchCV(SVC(), {"C": [1, 10]}, folds=5)
search.fit([[0], [1]], [0, 1])
"""), "folds=5", "cv=5")
twin(block("""
from sklearn.linear_model import LinearRegression

model = LinearRegression()
model.train([[1], [2]], [2, 4])
"""), "model.train", "model.fit")
twin(block("""
from sklearn.neural_network import MLPClassifer

net = None
"""), "MLPClassifer", "MLPClassifier")
twin(block("""
import matplotlib.pyplot as plt

fig = plt.figure()
ax = fig.add_subplot(111)
ax.plot([1, 2], [3, 4])
ax.xlabel("time")
"""), "ax.xlabel(", "ax.set_xlabel(")
twin(block("""
from sympy import symbols, solve, Eq

x = symbols("x")
print(solve(Eq(x**2, 4), x, domain_real=True))
from sympy.calculus import derivative
""".replace("print(solve(Eq(x**2, 4), x, domain_real=True))\n", "print(solve(Eq(x**2, 4), x))\n")), "import derivative", "import finite_diff_weights")
twin(block("""
import scipy.stats as st

t, p = st.ttest_independent([1, 2, 3], [2, 3, 4])
"""), "st.ttest_independent", "st.ttest_ind")
twin(block("""
from scipy.optimize import minimize

res = minimize(lambda x: x[0] ** 2, [1.0], algorithm="BFGS")
"""), 'algorithm="BFGS"', 'method="BFGS"')
twin(block("""
import numpy as np

print(np.linalg.solve(np.eye(2), np.ones(2), np.zeros(2)))
"""), "np.linalg.solve(np.eye(2), np.ones(2), np.zeros(2))", "np.linalg.solve(np.eye(2), np.ones(2))")
twin(block("""
import math

print(math.hypotenuse(3, 4))
"""), "math.hypotenuse", "math.hypot")
twin(block("""
import os

os.makedirs("out/plots", exist_okay=True)
"""), "exist_okay=True", "exist_ok=True")
twin(block("""
import csv

with open("a.csv", newline="") as handle:
    writer = csv.DictWriter(handle)
""".replace("csv.DictWriter(handle)", "csv.DictWriter(handle)")), "csv.DictWriter(handle)", 'csv.DictWriter(handle, ["a", "b"])')
twin(block("""
import logging

logging.basicConfig(level=logging.INFO)
log = logging.getLogger(__name__)
log.warn_once("late")
"""), "log.warn_once", "log.warning")
