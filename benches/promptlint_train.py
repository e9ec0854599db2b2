"""Train the learned layer on generated pairs and write its weights: `python -m benches.promptlint_train`.

Prints accuracy and Brier score on pairs of another seed, beside the majority baseline.
"""

# ruff: noqa: E501

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from tidegate.check.promptlint.learned import pairs as learned
from tidegate.check.promptlint.learned.corpus import pairs

TARGET = Path(learned.__file__).with_name("learned_weights.json")


def main() -> None:
    train, test = pairs(np.random.default_rng(1), 4000), pairs(np.random.default_rng(2), 2000)
    model = LogisticRegression(C=1.0, max_iter=1000)
    model.fit([learned.features(a, b) for a, b, _ in train], [y for *_, y in train])
    p = model.predict_proba([learned.features(a, b) for a, b, _ in test])[:, 1]
    y = np.array([v for *_, v in test])
    print(
        f"accuracy {np.mean((p > 0.5) == y):.3f} (majority {max(y.mean(), 1 - y.mean()):.3f}), Brier {np.mean((p - y) ** 2):.3f}, n = {len(y)}"
    )
    high = p >= learned.THRESHOLD
    print(f"precision at {learned.THRESHOLD}: {y[high].mean():.3f}, share above it {high.mean():.3f}")
    weights = {
        "features": learned.FEATURES,
        "weights": [round(float(w), 4) for w in model.coef_[0]],
        "bias": round(float(model.intercept_[0]), 4),
    }
    TARGET.write_text(json.dumps(weights, indent=1) + "\n")


if __name__ == "__main__":
    main()
