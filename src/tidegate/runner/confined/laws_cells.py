# ruff: noqa: E501  (tables and messages read best on one line)
"""Cellular automata whose rule the text names: every generation is computed again from the one before.

Wolfram's rule n gives a cell the bit of n at 4·left + 2·centre + right; Conway's life is B3/S23.
"""

import re

EDGES = ("ring", "dead outside", "edge kept")


def check(scenes, tell):
    """Every recorded sequence of generations under a named rule."""
    if not scenes:
        return
    text = scenes[0].text
    rules = {int(n) for n in re.findall(r"\brule[\s_#-]*(\d{1,3})\b", text) if int(n) < 256}
    life = re.search(r"game.of.life|conway|\bb3/?s23\b", text) is not None and not re.search(r"highlife|seeds|day.*night|b36", text)  # fmt: skip
    if len(rules) != 1 and not life:
        return
    for scene in scenes:
        for name, rows in scene.series.items():
            if rows.dtype.kind not in "fiub" or not _binary(rows) or len(rows) < 6:
                continue
            if life and rows.ndim == 3 and min(rows.shape[1:]) >= 4 and _generations(rows, _life, name, "Conway's life (B3/S23)", tell, scene):  # fmt: skip
                return
            if len(rules) == 1 and rows.ndim == 2 and rows.shape[1] >= 8:
                (rule,) = rules
                if _generations(rows, lambda r, e, n=rule: _wolfram(r, e, n), name, f"rule {rule}", tell, scene):
                    return


def _binary(rows):
    import numpy as np

    return bool(np.all((rows == 0) | (rows == 1))) and rows.ndim in (2, 3) and bool(rows.any())


def _generations(rows, law, name, rule, tell, scene):
    """Whether it is a sequence of whole generations; then a row that says whether they follow the rule."""
    import numpy as np

    rows = rows.astype(int)
    moved = np.any(rows[1:] != rows[:-1], axis=tuple(range(1, rows.ndim)))
    at = np.flatnonzero(moved)
    if not len(at) or _one_at_a_time(rows):
        return False
    rest = [k for k in range(len(rows) - 1) if not moved[k]]
    if len(at) < 3 and not any(all(np.all(law(rows[k], e) == rows[k]) for k in rest) for e in EDGES):
        return False  # turns are not generations
    wrong = {edge: int(sum(np.any(law(rows[k], edge) != rows[k + 1]) for k in at)) for edge in EDGES}
    best = min(wrong, key=wrong.get)
    example = next((k for k in at if np.any(law(rows[k], best) != rows[k + 1])), None)
    where = ""
    if example is not None:
        place = np.argwhere(law(rows[example], best) != rows[example + 1])[0].tolist()
        where = f", first at turn {int(example)}, cell {place}"
    tell(
        f"each generation of `{name}` follows {rule}",
        wrong[best] == 0,
        f"{wrong[best]} of {len(at)} generations differ{where}",
        f"every one ({best})",
        scene.line,
    )
    return True


def _one_at_a_time(rows):
    """Whether turns change one cell (a loop over cells, not over generations)."""
    import numpy as np

    changed = (rows[1:] != rows[:-1]).reshape(len(rows) - 1, -1).sum(axis=1)
    return bool(np.median(changed[changed > 0]) <= 1)


def _wolfram(row, edge, rule):
    import numpy as np

    left, right = np.roll(row, 1), np.roll(row, -1)
    if edge != "ring":
        left[0], right[-1] = 0, 0
    out = (rule >> (4 * left + 2 * row + right)) & 1
    if edge == "edge kept":
        out[0], out[-1] = row[0], row[-1]
    return out


def _life(grid, edge):
    import numpy as np

    padded = np.pad(grid, 1, mode="wrap" if edge == "ring" else "constant")
    around = sum(
        padded[1 + a : padded.shape[0] - 1 + a, 1 + b : padded.shape[1] - 1 + b]
        for a in (-1, 0, 1)
        for b in (-1, 0, 1)
        if (a, b) != (0, 0)
    )
    out = ((around == 3) | ((grid == 1) & (around == 2))).astype(int)
    if edge == "edge kept":
        out[0], out[-1], out[:, 0], out[:, -1] = grid[0], grid[-1], grid[:, 0], grid[:, -1]
    return out
