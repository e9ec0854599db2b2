# ruff: noqa: E501  (tables read best one row a line)
"""Units as programs write them: in names (`timeout_ms`, `mass_kg`, `flow_l_per_min`) and in a few words of a comment or docstring.

A name or a comment says little, so only units from a list of usual ones count, and an ending that could also be something else
(`x_min`, `fan_in`, `speed_ms`) counts only behind a word that says which quantity it is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tidegate.check.verify.quantity.unit_table import BIT, NONE, RATE, TEMPERATURE, TIME, Dims
from tidegate.check.verify.quantity.units import Unit, combine, parse_unit, power

_TIME = r"time|times|duration|durations|elapsed|timeout|delay|delays|latency|latencies|interval|period|runtime|life|lifetime|age|wait|ttl|rtt|budget|deadline|uptime|window|backoff|sleep|pause|ping|jitter|halflife|start|end|trip|dt|driving|charging|total|response|now|ts|worst|busy|idle|cpu|wall|retry|cooldown|grace|poll|heartbeat|keepalive|refresh|settling|reaction|flight|rise|cycle|download|upload|transfer|query|render|boot|startup|warmup|processing|compute|travel|journey|transit|horizon|tau|step|cutoff|after|since|until|hold|burn|ramp|dwell|soak|charge|discharge|expiry|lag|debounce|throttle|cache"
_LENGTH = r"length|lengths|height|heights|width|widths|depth|distance|distances|dist|radius|radii|diameter|dia|thickness|altitude|alt|elevation|span|spacing|wavelength|position|displacement|offset|gap|range|track|perimeter|circumference|size|level|head|lambda|pipe|visibility|clearance"
_SPEED = r"speed|speeds|velocity|velocities|vel|v|wind|wind_speed|v0|vx|vy|vz|flow_speed|gust"
_MASS = r"mass|masses|weight|fuel|payload|sample|dose|load|m"
_POWER = r"power|load|demand|consumption|output|heat|loss|losses|capacity|p"
_TEMPERATURE = (
    r"temp|temps|temperature|temperatures|t|ambient|dewpoint|dew_point|t_in|t_out|t_hot|t_cold|tmin|tmax|tair"
)
_DATA = r"memory|mem|size|disk|file|files|data|used|free|ram|cache|total|storage|heap|download|upload|downloaded|payload|buffer|chunk|image|video|model|volume|limit|quota|vram|transfer|transferred|backup|log|request|response|page|capacity|swap|rss|space|usage|weights|params"
# an ending that can be something else → (unit, the words before it that say it is this)
BEHIND: dict[str, tuple[tuple[str, str], ...]] = {
    "ms": (("ms", _TIME), ("m/s", _SPEED)), "s": (("s", _TIME + "|isp"),), "min": (("min", _TIME + "|half_life"),),
    "h": (("h", _TIME + "|half_life"),), "m": (("m", _LENGTH),), "g": (("g", _MASS),), "in": (("in", r"height|width|length|diameter|thickness|radius|depth"),),
    "pa": (("Pa", r"pressure|press|p|stress|dp|drop|modulus"),), "w": (("W", _POWER),), "j": (("J", r"energy|work|heat|loss"),), "v": (("V", r"voltage|volt|vin|vout|supply|drop"),),
    "a": (("A", r"current|amps|load"),), "k": (("K", _TEMPERATURE),), "c": (("°C", _TEMPERATURE),), "f": (("°F", _TEMPERATURE),), "l": (("L", r"volume|vol|capacity|tank|water"),),
    "n": (("N", r"force|thrust|load|weight|tension|drag|lift"),), "nm": (("nm", r"wavelength|lambda|thickness|size|gap|wl"), ("N*m", r"torque|moment")), "mw": (("mW", r"laser"),),
    "ft": (("ft", _LENGTH),), "psi": (("psi", r"pressure|press|p|dp|stress|strength|modulus"),), "ml": (("mL", r"volume|vol|dose|sample|water|added|total|syringe|flask|final"),), "rad": (("rad", r"angle|theta|phi|lat|lon|latitude|longitude|heading|yaw|pitch|roll|azimuth|elevation|phase|tilt|alpha|beta|gamma"),), "us": (("us", _TIME),), "ns": (("ns", _TIME),), "bar": (("bar", r"pressure|press|p|dp|drop|boost"),), "kb": (("kB", _DATA),), "mb": (("MB", _DATA),), "gb": (("GB", _DATA),), "tb": (("TB", _DATA),),
    "lb": (("lb", r"mass|weight|payload|body_weight|load"),), "cal": (("cal", r"heat|energy"),), "t": (("t", r"mass|weight|payload"),), "d": (("d", r"time|duration|life|lifetime|age"),), "gal": (("gal", r"volume|fuel|tank"),),
}  # fmt: skip
# endings that are hardly anything but a unit
ENDS: dict[str, str] = {
    "sec": "s", "secs": "s", "seconds": "s", "second": "s", "msec": "ms", "millis": "ms", "milliseconds": "ms", "usec": "us", "microseconds": "us", "nanoseconds": "ns", "minutes": "min", "mins": "min",
    "hours": "h", "hour": "h", "hrs": "h", "hr": "h", "days": "day", "weeks": "week", "months": "month", "years": "yr", "yr": "yr", "yrs": "yr", "myr": "Myr", "gyr": "Gyr",
    "kg": "kg", "mg": "mg", "ug": "ug", "grams": "g", "tonnes": "t", "lbs": "lb", "pounds": "lb", "km": "km", "cm": "cm", "mm": "mm", "um": "um", "meters": "m", "metres": "m", "feet": "ft", "inches": "in", "miles": "mi",
    "hpa": "hPa", "kpa": "kPa", "gpa": "GPa", "mbar": "mbar", "atm": "atm", "mmhg": "mmHg", "hz": "Hz", "khz": "kHz", "mhz": "MHz", "ghz": "GHz",
    "watts": "W", "kw": "kW", "gw": "GW", "wh": "Wh", "kwh": "kWh", "twh": "TWh", "kj": "kJ", "mj": "MJ", "joules": "J", "kcal": "kcal", "ev": "eV", "kev": "keV", "volts": "V", "mv": "mV", "kv": "kV", "amps": "A", "ma": "mA", "ah": "Ah", "mah": "mAh",
    "ohms": "ohm", "ohm": "ohm", "kohm": "kohm", "kelvin": "K", "celsius": "°C", "fahrenheit": "°F", "degc": "°C", "degf": "°F", "mol": "mol", "mmol": "mmol", "moles": "mol", "liters": "L", "litres": "L",
    "bytes": "byte", "kib": "KiB", "mib": "MiB", "gib": "GiB", "bits": "bit", "kbps": "kbit/s", "mbps": "Mbit/s", "gbps": "Gbit/s", "bps": "bit/s",
    "kmh": "km/h", "kph": "km/h", "kmph": "km/h", "mph": "mph", "mps": "m/s", "usd": "USD", "dollars": "USD", "m2": "m^2", "m3": "m^3", "cm2": "cm^2", "cm3": "cm^3", "mm2": "mm^2", "km2": "km^2", "deg": "deg", "degrees": "deg", "radians": "rad",
}  # fmt: skip
# what an ending of one letter means within a compound (`_kg_per_m3`, `_l_h`, `_mg_l`)
PARTS = {"m": "m", "s": "s", "h": "h", "g": "g", "l": "L", "j": "J", "w": "W", "k": "K", "n": "N", "pa": "Pa", "min": "min", "day": "day", "week": "week", "month": "month", "year": "yr", "second": "s", "hour": "h", "minute": "min",
         "byte": "byte", "bit": "bit", "meter": "m", "metre": "m", "liter": "L", "v": "V", "a": "A", "c": "K", "ms": "ms", "mile": "mi", "kilometer": "km", "gallon": "gallon", "lb": "lb", "t": "t", "ton": "t", "gb": "GB", "mb": "MB", "kb": "kB"}  # fmt: skip
COMPOUND = frozenset(
    [
        "gb",
        "kb",
        "kg",
        "mg",
        "ug",
        "g",
        "l",
        "ml",
        "m",
        "km",
        "kwh",
        "wh",
        "w",
        "kw",
        "j",
        "kj",
        "mol",
        "mmol",
        "n",
        "m2",
        "m3",
        "cm2",
        "cm3",
        "mm",
        "usd",
        "mb",
        "gb",
        "bytes",
    ]
)
PURE_NAMES = frozenset(
    [
        "reynolds",
        "reynolds_number",
        "mach",
        "mach_number",
        "nusselt",
        "nusselt_number",
        "prandtl",
        "prandtl_number",
        "friction_factor",
        "darcy_friction_factor",
        "drag_coefficient",
        "lift_coefficient",
        "emissivity",
        "damping_ratio",
        "refractive_index",
        "lorentz_factor",
        "poisson_ratio",
        "poissons_ratio",
    ]
)
WHOLE = frozenset(
    [
        "seconds",
        "minutes",
        "hours",
        "days",
        "milliseconds",
        "microseconds",
        "nanoseconds",
        "millis",
        "secs",
        "hrs",
        "kilometers",
        "meters",
        "metres",
        "miles",
        "kilograms",
        "pounds",
        "joules",
        "watts",
        "kwh",
        "bytes",
        "megabytes",
        "gigabytes",
        "kelvin",
    ]
)
ASCII = re.compile(r"[A-Za-z]\w*")
NUMBERS_BEFORE = frozenset({"n", "num", "number", "count", "idx", "index", "is", "has", "log", "ln", "log10", "norm", "normalized", "relative", "rel", "ratio", "frac", "fraction", "use", "show", "per", "inv", "inverse", "sqrt", "square", "squared", "to", "sin", "cos", "tan", "exp"})  # fmt: skip
"""Words in a name that make its ending no unit of it: `n_days`, `log_pressure_pa`, `kmh_to_ms`."""


OTHER = re.compile(
    r"alpha|beta|gamma|delta|epsilon|theta|kappa|lambda|sigma|omega|(?:temp|press|dens|speed|veloc|mass|energ|stress|entrop|surf|rho|conc|volu|wind|flow|gust|error|mean|row|col|frame|field|param|value|item|file|user|list).*"
)
"""Words behind which `_s` is an index and `_ms` metres per second, or nothing."""


@lru_cache(maxsize=4096)
def name_unit(name: str) -> tuple[Unit, str] | None:
    """The unit that a variable's name ends in, with its spelling, or None."""
    if len(name) < 3 or len(name) > 60:
        return None
    low = name.lower().strip("_")
    if low in PURE_NAMES:
        return Unit(_ONE, NONE, kind="pure"), "dimensionless"
    if low in WHOLE:
        return _unit(ENDS.get(low, low))
    words = low.split("_")
    if len(words) < 2 or NUMBERS_BEFORE & set(words[:-1]) - {"per"}:
        return None
    if "per" in words:
        at = words.index("per")
        above, below = words[at - 1] if at else "", words[at + 1 :]
        if not above or not below or len(below) > 2:
            return None
        top = ENDS.get(above) or (PARTS.get(above) if above in COMPOUND else None)
        bottom = [ENDS.get(w) or PARTS.get(w) for w in below]
        if top is None or None in bottom:
            return None
        return _unit(f"{top}/({'*'.join(b for b in bottom if b)})")
    if len(words) >= 3:
        pair = _pair(words)
        if pair is not None:
            return pair
    end, stem = words[-1], words[-2]
    if end == "ms" and len(stem) > 3 and not OTHER.fullmatch(stem):
        return _unit(end)
    for unit, before in BEHIND.get(end, ()):
        if re.fullmatch(before, stem) or re.fullmatch(before, "_".join(words[:-1])):
            return _unit(unit)
    if end == "mm" and len(stem) == 1 and stem not in "xyzdrlw":  # the block m, m of a matrix
        return None
    if end in BEHIND or (end == "sec" and re.match(r"\w{1,2}$|weight|cross|point|area|beam|pri|last", stem)):
        return None
    return _unit(ENDS[end]) if end in ENDS else None


def _pair(words: list[str]) -> tuple[Unit, str] | None:
    """`_m_s`, `_mg_l`, `_kg_m3`, `_kwh_m2_day`: a quotient whose stroke is left out."""
    for first in (-3, -2):
        tail = words[first:]
        if len(words) <= len(tail) or tail[0] not in COMPOUND:
            continue
        below = tail[1:]
        if all(
            w in ("s", "h", "l", "ml", "m2", "m3", "day", "km", "min", "kg", "s2", "k", "cm3", "mol", "yr")
            for w in below
        ):
            if below == ["k"] and tail[0] not in ("j", "w"):
                continue
            spelled = [{"s2": "s^2", "k": "K"}.get(w) or ENDS.get(w) or PARTS.get(w) or w for w in below]
            return _unit(f"{ENDS.get(tail[0]) or PARTS.get(tail[0]) or tail[0]}/({'*'.join(spelled)})")
    return None


SHARES = frozenset({"per", "daily", "hourly", "monthly", "weekly", "yearly", "annual"})


def told_in_passing(name: str) -> bool:
    """Whether a name says that a time or a piece is left out of the unit a comment tells of it: `cost_per_day  # USD`."""
    return not SHARES.isdisjoint(name.lower().split("_"))


def thing_rate(name: str) -> tuple[str, float] | None:
    """For `requests_per_min`: what is counted and the size of the time below in seconds."""
    found = re.fullmatch(r"(?:\w+_)?([a-z]{4,}s)_per_(s|sec|second|min|minute|hour|h|day)", name.lower())
    if found is None or found.group(1) in ENDS:
        return None
    unit = _unit(ENDS.get(found.group(2)) or PARTS[found.group(2)])
    return (found.group(1), float(unit[0].size)) if unit is not None else None


ATOMS = frozenset(
    ["m", "cm", "mm", "um", "µm", "μm", "nm", "km", "dm", "g", "kg", "mg", "ug", "µg", "μg", "t", "s", "ms", "us", "µs", "μs", "ns", "ps", "min", "h", "hr", "hrs", "A", "mA", "uA", "µA", "kA", "K", "N", "kN", "mN", "MN", "Pa", "hPa", "kPa", "MPa", "GPa", "mbar", "bar", "bars", "atm", "psi", "mmHg", "torr", "Torr", "J", "kJ", "MJ", "GJ", "mJ", "W", "mW", "kW", "MW", "GW", "V", "mV", "kV", "F", "uF", "µF", "nF", "pF", "C", "mC", "uC", "µC", "nC", "Ω", "ohm", "ohms", "Ohm", "kΩ", "MΩ", "S", "H", "mH", "T", "mT", "Hz", "kHz", "MHz", "GHz", "THz", "L", "l", "mL", "ml", "mol", "mmol", "kmol", "M", "mM", "eV", "keV", "MeV", "GeV", "meV", "Wh", "kWh", "MWh", "cal", "kcal", "BTU", "hp", "rpm", "rad", "deg", "sr", "Bq", "Gy", "Sv", "cd", "lm", "lx", "kB", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "bit", "bits", "byte", "bytes", "kbps", "Mbps", "Gbps", "bps", "km/h", "mph", "knots", "ft", "inch", "inches", "feet", "mile", "miles", "lb", "lbs", "oz", "lbf", "gal", "gallon", "gallons", "yd", "acre", "acres", "ha", "ly", "AU", "au", "pc", "kpc", "Mpc", "dyn", "erg", "poise", "cP", "Wb", "Pas", "Nm", "USD", "$", "dollars", "°C", "℃", "degC", "°F", "degF", "°"]
) | frozenset(
    f"{p}{w}{e}" for w in ("meter", "metre", "gram", "second", "kelvin", "newton", "pascal", "joule", "watt", "volt", "amp", "ampere", "ohm", "farad", "henry", "tesla", "hertz", "liter", "litre", "mole", "coulomb", "byte", "bit", "radian", "minute", "hour", "day", "week", "month", "year", "degree", "calorie", "electronvolt", "foot")
    for p in ("", "kilo", "mega", "giga", "milli", "micro", "nano", "centi") for e in ("", "s")
) | {"hertz", "kilohertz", "megahertz", "celsius", "fahrenheit", "siemens", "yr", "yrs", "sec", "secs", "mins"}  # fmt: skip
WORD = re.compile(r"[A-Za-zµμΩ]+|°\s?[CF]?|[$℃]")
LINKS = frozenset({"per", "squared", "cubed", "square", "cubic"})
STRICT = re.compile(r"[\w°µμΩ·⋅×*/^()$.⁰¹²³⁴⁵⁶⁷⁸⁹⁻ +-]{1,40}")
PURE_WORDS = frozenset({"dimensionless", "unitless"})
SPELLED = {"KB": "kB", "Pas": "Pa*s", "Nm": "N*m", "Mbps": "Mbit/s", "kbps": "kbit/s", "Gbps": "Gbit/s", "bps": "bit/s"}


@lru_cache(maxsize=4096)
def told_unit(text: str) -> tuple[Unit, str] | None:
    """A few words that are wholly one of the usual units (`m/s^2`, `kg*m^2`, `newtons per metre`), else None."""
    text = re.sub(r"^deg(?:rees?|\.)? ?(C|F)(?:elsius|ahrenheit)?$", r"°\1", text.strip(" .;:`'\""))
    text = re.sub(r"^(squared|cubed) (?=\w)", lambda m: {"squared": "square ", "cubed": "cubic "}[m.group(1)], text)
    if text.startswith("in ") or re.search(r"\bM\d", text):
        return None
    if text in PURE_WORDS:
        return Unit(_ONE, NONE, kind="pure"), "dimensionless"
    if not text or not STRICT.fullmatch(text) or text[0] in "+-*/^.)":
        return None
    words = [w.strip() for w in WORD.findall(text)]
    if not words or not all(w in ATOMS or w.lower() in LINKS or (w.lower() in ATOMS and len(w) > 3) for w in words):
        return None
    if re.match(r"\d", text) and not re.match(r"1\s?/", text):
        return None
    if re.search(r"[A-Za-z]\d{2,}|(?<![\^*-])(?<!\*\*)[ (]\d", re.sub(r"\^\(?-?\d+|\*\*\s?\(?-?\d+", "", text)):
        return None
    if (
        " " in text
        and not re.search(r"[/*^·⋅×(]|\bper\b|squared|cubed|-\d|⁻|square|cubic", text)
        and not re.fullmatch(r"(?:deg(?:rees?)? (?:C|F|celsius|fahrenheit)|[kM]?[NWAVCJ] [msh]|kg m|Pa s)", text, re.I)
    ):
        return None
    if re.search(r"(?<![A-Za-z°])C(?![A-Za-z])", text) and text != "C":  # a coulomb, or a degree of a slope
        if re.search(r"\bk?W\b|\bk?J\b.*k?g", text):
            text = re.sub(r"(?<![A-Za-z°])C(?![A-Za-z])", "K", text)
        elif not re.fullmatch(r"C ?/ ?(?:m\S*|kg|mol|s)|[NJ] ?/ ?C|C ?[*·] ?V|V ?[*·] ?C", text):
            return None
    for short, long in SPELLED.items():
        text = re.sub(rf"(?<![A-Za-z]){short}(?![A-Za-z])", long, text)
    text = re.sub(r"\$(?=/)", "USD", text)
    return _unit(text)


_ONE = power(Unit(parse_unit("m").size, NONE), 1).size  # type: ignore[union-attr]


@lru_cache(maxsize=4096)
def _unit(text: str) -> tuple[Unit, str] | None:
    text = re.sub(r"/\((\w+)\)$", r"/\1", text)
    unit = parse_unit(text)
    if unit is None or unit.kind in ("log", "count"):
        return None
    if unit.kind == "calendar" and unit.dims not in (TIME, RATE):  # a month's sum is often told without its month
        return None
    return unit, text


def sized(unit: Unit, spelled: str) -> float | None:
    """The size by which values in this unit may be compared; None where a factor says little (angles, per cent, °C)."""
    if unit.kind in ("offset", "pure") or unit.dims == NONE or re.search(r"rad|deg|°|rpm|rev|turn|cycle|%", spelled):
        return None
    return float(unit.size)


def loose(dims: Dims) -> float:
    """How far a factor may be off and still be meant: bytes are counted by 1000 or by 1024."""
    return 0.10 if dims[8] else 0.02


__all__ = ["BIT", "TEMPERATURE", "combine", "loose", "name_unit", "sized", "thing_rate", "told_in_passing", "told_unit"]
