# ruff: noqa: E501  (tables and messages read best on one line)
"""Particles that are moved by chance: a trial move is as long as the program says, goes both ways alike, and hard cores never overlap.

The commonest fault of written Monte Carlo code is to draw all positions anew where one particle should be displaced.
"""

PLACES = ("positions", "pos", "coords", "coordinates", "r", "x", "xy", "particles", "config", "configuration", "centers", "centres", "disks", "spheres")  # fmt: skip
SIDES = ("box", "box_size", "box_length", "boxsize", "l", "lbox", "box_l", "length", "side", "size", "width")
REACH = ("delta", "max_displacement", "max_disp", "max_step", "step_size", "stepsize", "delta_max", "d_max", "dmax", "dr", "dr_max", "step", "displacement", "max_move", "delta_r")  # fmt: skip
CORES = ("sigma", "diameter", "d", "core", "diam")
RADII = ("radius", "rad", "r_disk", "r0", "a")
MOVES = r"monte.?carlo|metropolis|trial move|\bmc[_ ]?(?:move|step|sweep)|acceptance"
HARD = r"hard.?(?:disk|disc|sphere|core|particle)"
PUSHED = r"field|gravit|drift|driven|active|flow|force.?bias|wall|trap|ratchet|torque"
LEAPS = r"swap|cluster|event.?chain|jump move|insertion|grand.?canonical|widom|reptation|pivot|teleport|non.?local|independent sampl|reinsert"
MOVES_MIN, STILL_MIN, PAIRS_MAX = 200, 1000, 400


def check(scenes, tell):
    """The laws of moved particles for every loop that moves some."""
    seen = False
    for scene in scenes:
        if scene.line is None or not (scene.says(MOVES) or scene.says(HARD)):
            continue
        places = scene.one(*PLACES, dims=3, kinds="f")
        if places is None or places.shape[1] < 2 or places.shape[2] not in (2, 3) or len(places) < MOVES_MIN:
            continue
        seen = True
        side = scene.number(*SIDES)
        if side is not None and not scene.says(r"periodic|% ?\(?(?:self\.)?(?:box|l\b|size|side)|round\("):
            side = None
        reach = scene.number(*REACH)
        varied = any(k.rpartition(".")[2] in REACH and not _counts(v) for k, v in scene.series.items())
        if reach is not None and not varied and not scene.says(LEAPS):
            _short(scene, places, reach, side, tell)
            _both_ways(scene, places, reach, side, tell)
        if scene.says(HARD):
            _apart(scene, places, side, tell)
    if not seen:
        _moving(scenes, tell)


def _counts(series):
    """Whether a series counts turns: `for step in range(n)` is no length of a step."""
    import numpy as np

    return series.ndim == 1 and bool(np.all(np.diff(series) == 1))


def _moving(scenes, tell):
    """Hard particles of which none was ever moved: every trial move was rejected."""
    import numpy as np

    for scene in scenes:
        turns = max((len(rows) for rows in scene.series.values()), default=0)
        if scene.line is None or turns < STILL_MIN or not scene.says(HARD) or scene.number(*REACH) is None:
            continue
        held = {k.rpartition(".")[2]: v for k, v in scene.constants.items()}
        if any(np.ndim(held.get(name)) == 2 and np.shape(held[name])[1] in (2, 3) for name in PLACES):
            tell("some trial moves are accepted", False, "no particle moved", f"a move in {turns} turns", scene.line)
            return


def _moves(places, side):
    """What each turn adds to each coordinate, by the nearest image."""
    import numpy as np

    moved = np.diff(places, axis=0)
    return moved - side * np.round(moved / side) if side else moved


def _short(scene, places, reach, side, tell):
    """One particle a turn moves by at most the reach; several a turn by some of it. A wide normal draw is allowed its tail."""
    import numpy as np

    moved = np.abs(_moves(places, side))
    which = moved.max(axis=2) > 0
    if which.sum() < 20 or (side and reach > side / 4):
        return
    single = which.sum(axis=1).max() <= 1
    longest, middle = float(moved.max()), float(np.median(moved.max(axis=2)[which]))
    bound = (8 if scene.says(r"normal|gauss|randn") else 1.0001) * reach if single else 16 * reach
    tell(
        "a trial move is no longer than the step that the program names",
        longest <= bound and middle <= 3 * reach,
        f"a move of {longest:.3g}, {middle:.3g} in the middle",
        f"at most {bound:.3g}",
        scene.line,
    )


def _both_ways(scene, places, reach, side, tell):
    """Where nothing pushes the particles, the moves of each coordinate add up to about nothing."""
    import numpy as np

    if scene.says(PUSHED):
        return
    moved = _moves(places, side)
    rows = moved[np.abs(moved).max(axis=2) > 0]
    if len(rows) < MOVES_MIN or np.abs(rows).max() > 16 * reach:
        return
    mean, error = rows.mean(axis=0), rows.std(axis=0) / np.sqrt(len(rows))
    typical = np.abs(rows).mean(axis=0)
    if not np.all(typical > 0):
        return
    worst = int(np.argmax(np.abs(mean) / typical))
    holds = abs(mean[worst]) <= max(8 * error[worst], 0.25 * typical[worst])
    tell(
        "moves go both ways alike",
        holds,
        f"mean move {mean[worst]:.3g} of a typical {typical[worst]:.3g}",
        "0 on average: else a move and its way back are not proposed alike",
        scene.line,
    )


def _apart(scene, places, side, tell):
    """Hard particles that begin apart stay apart."""
    import numpy as np

    core = scene.number(*CORES)
    if core is None:
        half = scene.number(*RADII)
        core = None if half is None else 2 * half
    if core is None or core <= 0 or places.shape[1] > PAIRS_MAX or (side and core > side / 2):
        return
    upper = np.triu_indices(places.shape[1], 1)

    def nearest(rows):
        apart = rows[:, upper[0]] - rows[:, upper[1]]
        if side:
            apart -= side * np.round(apart / side)
        return float(np.sqrt((apart**2).sum(axis=2)).min())

    begun = nearest(places[:1])
    if begun < core * (1 - 1e-9):
        return  # it says another thing than a diameter, or begins with overlaps
    every = max(1, len(places) // 400)
    least = min(nearest(places[k : k + 1]) for k in range(0, len(places), every))
    tell(
        "hard particles never overlap",
        least >= core * (1 - 1e-6),
        f"two of them {least:.3g} apart",
        f"at least {core:.3g}",
        scene.line,
    )
