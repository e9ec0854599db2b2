"""Python as a language model answers with it: prose around a block or names in back-ticks, one invented or removed name,
keyword, arity, module or package each, and its sound twin."""
# fmt: off

from tests.check.verify.collecting import Answers

ITEMS = Answers()


def twin(wrong: str, needle: str, right: str) -> None:
    """An answer with one wrong part, and the same with the part mended."""
    assert needle in wrong, needle
    ITEMS.bad("code", wrong, needle)
    ITEMS.ok("code", wrong.replace(needle, right))


def block(code: str, before: str = "Here is a short example:", after: str = "") -> str:
    return f"{before}\n\n```python\n{code.strip()}\n```\n{after}"


# pandas
twin(block("""
import pandas as pd

df = pd.read_csv("orders.csv", parse_dates=["placed_at"])
monthly = df.groupby(df["placed_at"].dt.to_period("M"))["total"].sum()
print(monthly.reset_index().to_markdown_table())
""", "You can sum the orders by month like this:", "This prints one row a month."), "to_markdown_table", "to_markdown")
twin(block("""
import pandas as pd

frame = pd.DataFrame({"city": ["Graz", "Linz"], "people": [290_000, 210_000]})
frame.sort_values(by="people", descending=True)
"""), "descending=True", "ascending=False")
twin(block("""
import pandas as pd

left = pd.DataFrame({"key": [1, 2], "a": [3, 4]})
right = pd.DataFrame({"key": [1, 2], "b": [5, 6]})
joined = pd.merge(left, right, on="key", join="inner")
"""), 'join="inner"', 'how="inner"')
twin("For long tables the quickest way to a pivot is `pd.pivot_wide(df, index='day', columns='shop')`, which fills gaps with NaN.",
     "pd.pivot_wide", "pd.pivot_table")
twin(block("""
import pandas as pd

s = pd.Series([1.0, None, 3.0])
print(s.fillna(values="ffill"))
"""), 'values="ffill"', "value=0.0")

# NumPy
twin(block("""
import numpy as np

a = np.arange(12).reshape(3, 4)
print(np.flatten(a))
""", "To get a one-dimensional copy:"), "np.flatten", "np.ravel")
twin(block("""
import numpy as np

rng = np.random.default_rng(7)
sample = rng.randint(0, 10, size=5)
"""), "randint", "integers")
twin(block("""
import numpy as np

x = np.linspace(0, 1, steps=50)
"""), "steps=50", "num=50")
twin("Stack them side by side with `np.concat_columns((a, b))`; the result has as many rows as each of them.", "np.concat_columns", "np.column_stack")
twin(block("""
import numpy as np
from numpy.linalg import inverse

m = np.eye(3)
"""), "inverse", "inv")

# requests
twin(block("""
import requests

response = requests.get("https://api.example.com/items", params={"page": 2}, timeout_seconds=5)
response.raise_for_status()
print(response.json())
"""), "timeout_seconds=5", "timeout=5")
twin(block("""
import requests

reply = requests.post("https://api.example.com/items", json={"name": "lamp"}, timeout=10)
reply.raise_for_error()
"""), "raise_for_error", "raise_for_status")

# the standard library
twin(block("""
from pathlib import Path

target = Path("out") / "report.txt"
target.parent.mkdir(parents=True, exists_ok=True)
target.write_text("done")
"""), "exists_ok=True", "exist_ok=True")
twin(block("""
from pathlib import Path

path = Path("notes.md")
print(path.basename())
"""), "basename()", "as_posix()")
twin(block("""
from datetime import datetime, timedelta

start = datetime.strptime("2024-03-01", "%Y-%m-%d")
print(start.add(timedelta(days=3)))
"""), "start.add(timedelta(days=3))", "start.strftime('%d.%m.')")
twin(block("""
from datetime import timedelta

term = timedelta(months=3)
"""), "months=3", "weeks=13")
twin(block("""
import json

with open("settings.json") as f:
    settings = json.load(f)
with open("copy.json", "w") as f:
    json.write(settings, f)
"""), "json.write", "json.dump")
twin("`json.dumps(obj, pretty=True)` gives you an indented string.", "pretty=True", "indent=2")
twin(block("""
import asyncio

async def main():
    results = await asyncio.gather_all(work(1), work(2))
    return results

async def work(n):
    await asyncio.sleep(0.1)
    return n

asyncio.run(main())
"""), "asyncio.gather_all", "asyncio.gather")
twin(block("""
import re

numbers = re.find_all(r"\\d+", "3 apples and 12 pears")
"""), "re.find_all", "re.findall")
twin(block("""
import re

pattern = re.compile(r"(\\w+)@(\\w+)")
hit = pattern.match_all("a@b")
"""), "match_all", "fullmatch")
twin(block("""
import itertools

pairs = list(itertools.pairs([1, 2, 3]))
"""), "itertools.pairs", "itertools.pairwise")
twin(block("""
import subprocess

done = subprocess.run(["git", "status"], capture_stdout=True, text=True, check=True)
print(done.stdout)
"""), "capture_stdout=True", "capture_output=True")
twin(block("""
from collections import Counter

words = Counter("the cat and the dog".split())
print(words.top(2))
"""), "top(2)", "most_common(2)")
twin(block("""
from collections import DefaultDict

groups = DefaultDict(list)
"""), "DefaultDict", "defaultdict")
twin(block("""
import shutil

shutil.copy_tree("src", "backup")
""", "Copy the whole folder:"), "shutil.copy_tree", "shutil.copytree")

# scientific packages
twin(block("""
from sklearn.model_selection import train_test_split
from sklearn.ensemble import RandomForestClassifier

model = RandomForestClassifier(n_trees=200, random_state=0)
"""), "n_trees=200", "n_estimators=200")
twin(block("""
from sklearn.preprocessing import StandardScaler, OneHotEncoder
from sklearn.metrics import accuracy_score, f1_score
from sklearn.linear_model import LogisticRegressor
"""), "LogisticRegressor", "LogisticRegression")
twin(block("""
import matplotlib.pyplot as plt

plt.plot([1, 2, 3], [2, 4, 8])
plt.x_label("time (s)")
plt.show()
"""), "plt.x_label", "plt.xlabel")
twin(block("""
import sympy as sp

x = sp.symbols("x")
print(sp.differentiate(sp.sin(x), x))
"""), "sp.differentiate", "sp.diff")
twin(block("""
from scipy import stats, optimize

result = optimize.find_root(lambda t: t**2 - 2, 0, 2)
"""), "optimize.find_root", "optimize.brentq")
twin(block("""
from scipy.integrate import quad, solve_ivp

sol = solve_ivp(lambda t, y: -y, (0, 5), [1.0], step_max=0.1)
"""), "step_max=0.1", "max_step=0.1")
twin("First `import quickstatlib`:\n\n```python\nimport quickstatlib\n\nprint(quickstatlib.mean([1, 2]))\n```\n", "import quickstatlib\n\nprint(quickstatlib", "import statistics\n\nprint(statistics")
