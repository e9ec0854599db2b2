# ruff: noqa: E501  (tables read best one row a line)
"""The units this package knows: symbol or name → size in SI base units, exponents, zero point.

Dimensions are exponents of metre, kilogram, second, ampere, kelvin, mole, candela, money, bit.
Sizes are exact where the definition is (BIPM SI Brochure, 9th edition; NIST SP 811).
"""

from __future__ import annotations

from fractions import Fraction

Dims = tuple[Fraction, ...]
BASES = ("m", "kg", "s", "A", "K", "mol", "cd", "$", "bit")
NONE: Dims = tuple(Fraction(0) for _ in BASES)


def dims(**exponents: int) -> Dims:
    """A dimension vector, e.g. dims(m=1, s=-2); `money` stands for currency."""
    names = {"money": "$"}
    by = {names.get(k, k): Fraction(v) for k, v in exponents.items()}
    return tuple(by.get(b, Fraction(0)) for b in BASES)


LENGTH, MASS, TIME = dims(m=1), dims(kg=1), dims(s=1)
CURRENT, TEMPERATURE, AMOUNT = dims(A=1), dims(K=1), dims(mol=1)
FORCE, ENERGY, POWER = dims(m=1, kg=1, s=-2), dims(m=2, kg=1, s=-2), dims(m=2, kg=1, s=-3)
PRESSURE, CHARGE, VOLTAGE = dims(m=-1, kg=1, s=-2), dims(A=1, s=1), dims(m=2, kg=1, s=-3, A=-1)
RATE, AREA, VOLUME, SPEED = dims(s=-1), dims(m=2), dims(m=3), dims(m=1, s=-1)
MONEY, BIT = dims(money=1), dims(bit=1)

F = Fraction
LB, FT, INCH = F("0.45359237"), F("0.3048"), F("0.0254")
LBF = LB * F("9.80665")

# symbols that take SI prefixes: symbol → (size, dims)
PREFIXED: dict[str, tuple[Fraction, Dims]] = {
    "m": (F(1), LENGTH), "g": (F(1, 1000), MASS), "s": (F(1), TIME), "A": (F(1), CURRENT), "K": (F(1), TEMPERATURE),
    "mol": (F(1), AMOUNT), "cd": (F(1), dims(cd=1)), "Hz": (F(1), RATE), "N": (F(1), FORCE), "Pa": (F(1), PRESSURE),
    "J": (F(1), ENERGY), "W": (F(1), POWER), "C": (F(1), CHARGE), "V": (F(1), VOLTAGE),
    "F": (F(1), dims(m=-2, kg=-1, s=4, A=2)), "Ω": (F(1), dims(m=2, kg=1, s=-3, A=-2)),
    "ohm": (F(1), dims(m=2, kg=1, s=-3, A=-2)), "S": (F(1), dims(m=-2, kg=-1, s=3, A=2)),
    "Wb": (F(1), dims(m=2, kg=1, s=-2, A=-1)), "T": (F(1), dims(kg=1, s=-2, A=-1)), "H": (F(1), dims(m=2, kg=1, s=-2, A=-2)),
    "lm": (F(1), dims(cd=1)), "lx": (F(1), dims(cd=1, m=-2)), "Bq": (F(1), RATE), "Gy": (F(1), dims(m=2, s=-2)),
    "Sv": (F(1), dims(m=2, s=-2)), "kat": (F(1), dims(mol=1, s=-1)), "L": (F(1, 1000), VOLUME), "l": (F(1, 1000), VOLUME),
    "ℓ": (F(1, 1000), VOLUME), "bar": (F(100000), PRESSURE), "eV": (F("1.602176634e-19"), ENERGY), "cal": (F("4.184"), ENERGY),
    "Torr": (F(101325, 760), PRESSURE), "torr": (F(101325, 760), PRESSURE), "Wh": (F(3600), ENERGY), "Ah": (F(3600), CHARGE),
    "Da": (F("1.66053906660e-27"), MASS), "pc": (F("3.0856775814913673e16"), LENGTH), "G": (F("1e-4"), dims(kg=1, s=-2, A=-1)),
    "Ci": (F(37) * 10**9, RATE), "M": (F(1000), dims(mol=1, m=-3)), "t": (F(1000), MASS), "rad": (F(1), NONE), "sr": (F(1), NONE),
    "bit": (F(1), BIT), "B": (F(8), BIT), "byte": (F(8), BIT), "bps": (F(1), dims(bit=1, s=-1)), "dyn": (F("1e-5"), FORCE),
    "erg": (F("1e-7"), ENERGY), "P": (F("0.1"), dims(kg=1, m=-1, s=-1)), "Wp": (F(1), POWER), "var": (F(1), POWER), "VA": (F(1), POWER),
    "gal_": (F("0.01"), dims(m=1, s=-2)), "au_": (F(1), LENGTH), "St": (F("1e-4"), dims(m=2, s=-1)), "b": (F("1e-28"), AREA),
}  # fmt: skip
PREFIXES: dict[str, Fraction] = {
    "Q": F(10) ** 30, "R": F(10) ** 27, "Y": F(10) ** 24, "Z": F(10) ** 21, "E": F(10) ** 18, "P": F(10) ** 15, "T": F(10) ** 12,
    "G": F(10) ** 9, "M": F(10) ** 6, "k": F(1000), "h": F(100), "da": F(10), "d": F(1, 10), "c": F(1, 100), "m": F(1, 1000),
    "µ": F(1, 10**6), "μ": F(1, 10**6), "u": F(1, 10**6), "n": F(1, 10**9), "p": F(1, 10**12), "f": F(1, 10**15), "a": F(1, 10**18),
    "z": F(1, 10**21), "y": F(1, 10**24),
}  # fmt: skip
BINARY_PREFIXES = {
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
    "Ti": 2**40,
    "Pi": 2**50,
    "kibi": 2**10,
    "mebi": 2**20,
    "gibi": 2**30,
    "tebi": 2**40,
    "pebi": 2**50,
}
# full names that take prefixes written out
NAMED: dict[str, str] = {
    "meter": "m", "metre": "m", "gram": "g", "gramme": "g", "second": "s", "ampere": "A", "amp": "A", "kelvin": "K", "mole": "mol",
    "candela": "cd", "hertz": "Hz", "newton": "N", "pascal": "Pa", "joule": "J", "watt": "W", "coulomb": "C", "volt": "V",
    "farad": "F", "ohm": "Ω", "siemens": "S", "weber": "Wb", "tesla": "T", "henry": "H", "lumen": "lm", "lux": "lx",
    "becquerel": "Bq", "gray": "Gy", "sievert": "Sv", "katal": "kat", "liter": "L", "litre": "L", "bar": "bar",
    "electronvolt": "eV", "electron-volt": "eV", "calorie": "cal", "parsec": "pc", "gauss": "G", "curie": "Ci", "molar": "M",
    "tonne": "t", "radian": "rad", "steradian": "sr", "bit": "bit", "byte": "B", "dalton": "Da", "dyne": "dyn", "erg": "erg",
    "poise": "P", "watthour": "Wh", "watt-hour": "Wh", "stokes": "St", "barn": "b",
}  # fmt: skip
PREFIX_NAMES: dict[str, str] = {
    "quetta": "Q", "ronna": "R", "yotta": "Y", "zetta": "Z", "exa": "E", "peta": "P", "tera": "T", "giga": "G", "mega": "M",
    "kilo": "k", "hecto": "h", "deca": "da", "deka": "da", "deci": "d", "centi": "c", "milli": "m", "micro": "µ", "nano": "n",
    "pico": "p", "femto": "f", "atto": "a", "zepto": "z", "yocto": "y",
}  # fmt: skip
# symbols and names without prefixes; plural forms are made by the reader
PLAIN: dict[str, tuple[Fraction, Dims]] = {
    "min": (F(60), TIME), "minute": (F(60), TIME), "h": (F(3600), TIME), "hr": (F(3600), TIME), "hour": (F(3600), TIME),
    "sec": (F(1), TIME), "d": (F(86400), TIME), "day": (F(86400), TIME), "week": (F(604800), TIME), "wk": (F(604800), TIME),
    "fortnight": (F(1209600), TIME), "month": (F("2629800"), TIME), "mo": (F("2629800"), TIME), "quarter-year": (F("7889400"), TIME),
    "year": (F("31557600"), TIME), "yr": (F("31557600"), TIME), "annum": (F("31557600"), TIME), "decade": (F("315576000"), TIME),
    "century": (F("3155760000"), TIME), "Gyr": (F("31557600") * 10**9, TIME), "Myr": (F("31557600") * 10**6, TIME), "kyr": (F("31557600") * 1000, TIME),
    "in": (INCH, LENGTH), "inch": (INCH, LENGTH), "ft": (FT, LENGTH), "foot": (FT, LENGTH), "feet": (FT, LENGTH),
    "yd": (F("0.9144"), LENGTH), "yard": (F("0.9144"), LENGTH), "mi": (F("1609.344"), LENGTH), "mile": (F("1609.344"), LENGTH),
    "nmi": (F(1852), LENGTH), "furlong": (F("201.168"), LENGTH), "mil": (INCH / 1000, LENGTH), "thou": (INCH / 1000, LENGTH),
    "Å": (F("1e-10"), LENGTH), "angstrom": (F("1e-10"), LENGTH), "ångström": (F("1e-10"), LENGTH), "micron": (F("1e-6"), LENGTH),
    "ly": (F(9460730472580800), LENGTH), "lightyear": (F(9460730472580800), LENGTH), "light-year": (F(9460730472580800), LENGTH),
    "AU": (F(149597870700), LENGTH), "au": (F(149597870700), LENGTH), "fathom": (F("1.8288"), LENGTH), "bohr": (F("5.29177210903e-11"), LENGTH),
    "lb": (LB, MASS), "lbs": (LB, MASS), "lbm": (LB, MASS), "pound": (LB, MASS), "oz": (LB / 16, MASS), "ounce": (LB / 16, MASS),
    "stone": (LB * 14, MASS), "slug": (F("14.59390293720636"), MASS), "ton": (LB * 2000, MASS), "amu": (F("1.66053906660e-27"), MASS),
    "u": (F("1.66053906660e-27"), MASS), "mcg": (F("1e-9"), MASS), "carat": (F("0.0002"), MASS), "grain": (LB / 7000, MASS), "kilo": (F(1), MASS),
    "lbf": (LBF, FORCE), "kgf": (F("9.80665"), FORCE), "kip": (LBF * 1000, FORCE), "pound-force": (LBF, FORCE),
    "atm": (F(101325), PRESSURE), "atmosphere": (F(101325), PRESSURE), "mmHg": (F("133.322387415"), PRESSURE), "inHg": (F("3386.389"), PRESSURE),
    "psi": (LBF / INCH**2, PRESSURE), "psia": (LBF / INCH**2, PRESSURE), "psig": (LBF / INCH**2, PRESSURE), "ksi": (1000 * LBF / INCH**2, PRESSURE),
    "cmH2O": (F("98.0665"), PRESSURE), "mmH2O": (F("9.80665"), PRESSURE),
    "BTU": (F("1055.05585262"), ENERGY), "Btu": (F("1055.05585262"), ENERGY), "btu": (F("1055.05585262"), ENERGY), "therm": (F("105505585.262"), ENERGY),
    "Cal": (F(4184), ENERGY), "Eh": (F("4.3597447222060e-18"), ENERGY), "E_h": (F("4.3597447222060e-18"), ENERGY), "C_90": (F(1), CHARGE), "hartree": (F("4.3597447222060e-18"), ENERGY),
    "Ry": (F("2.1798723611030e-18"), ENERGY), "hp": (F("745.69987158227022"), POWER), "horsepower": (F("745.69987158227022"), POWER),
    "mph": (F("0.44704"), SPEED), "kph": (F(1000, 3600), SPEED), "kmh": (F(1000, 3600), SPEED), "kmph": (F(1000, 3600), SPEED),
    "knot": (F(1852, 3600), SPEED), "kn": (F(1852, 3600), SPEED), "kt": (F(1852, 3600), SPEED), "fps": (FT, SPEED),
    "ha": (F(10000), AREA), "hectare": (F(10000), AREA), "acre": (F("4046.8564224"), AREA), "barn": (F("1e-28"), AREA),
    "gal": (F("0.003785411784"), VOLUME), "gallon": (F("0.003785411784"), VOLUME), "qt": (F("0.000946352946"), VOLUME),
    "quart": (F("0.000946352946"), VOLUME), "pint": (F("0.000473176473"), VOLUME), "pt": (F("0.000473176473"), VOLUME),
    "cup": (F("0.0002365882365"), VOLUME), "tbsp": (F("0.00001478676478125"), VOLUME), "tablespoon": (F("0.00001478676478125"), VOLUME),
    "tsp": (F("0.00000492892159375"), VOLUME), "teaspoon": (F("0.00000492892159375"), VOLUME), "cc": (F("1e-6"), VOLUME), "ccm": (F("1e-6"), VOLUME),
    "barrel": (F("0.158987294928"), VOLUME), "bbl": (F("0.158987294928"), VOLUME),
    "rpm": (F(1, 60), RATE), "rps": (F(1), RATE), "molal": (F(1), dims(mol=1, kg=-1)), "kph_": (F(1), SPEED), "cfm": (FT**3 / 60, dims(m=3, s=-1)),
    "gpm": (F("0.003785411784") / 60, dims(m=3, s=-1)), "D": (F("3.33564e-30"), dims(A=1, s=1, m=1)), "debye": (F("3.33564e-30"), dims(A=1, s=1, m=1)),
    "statC": (F("3.33564e-10"), CHARGE), "e": (F("1.602176634e-19"), CHARGE), "Oe": (F("79.57747154594767"), dims(A=1, m=-1)), "Mx": (F("1e-8"), dims(m=2, kg=1, s=-2, A=-1)),
    "%": (F(1, 100), NONE), "percent": (F(1, 100), NONE), "‰": (F(1, 1000), NONE), "ppm": (F("1e-6"), NONE), "ppb": (F("1e-9"), NONE),
    "ppt": (F("1e-12"), NONE), "°": (F("0.017453292519943295"), NONE), "deg": (F("0.017453292519943295"), NONE), "degree": (F("0.017453292519943295"), NONE),
    "arcmin": (F("0.0002908882086657216"), NONE), "arcminute": (F("0.0002908882086657216"), NONE), "arcsec": (F("4.84813681109536e-6"), NONE),
    "arcsecond": (F("4.84813681109536e-6"), NONE), "rev": (F(1), NONE), "revolution": (F(1), NONE), "turn": (F(1), NONE), "cycle": (F(1), NONE),
    "$": (F(1), MONEY), "dollar": (F(1), MONEY), "USD": (F(1), MONEY), "cent": (F(1, 100), MONEY), "¢": (F(1, 100), MONEY), "buck": (F(1), MONEY),
    "R_inf": (F("10973731.568157"), dims(m=-1)), "diopter": (F(1), dims(m=-1)), "dioptre": (F(1), dims(m=-1)), "ohms": (F(1), dims(m=2, kg=1, s=-3, A=-2)),
    "rem": (F("0.01"), dims(m=2, s=-2)), "roentgen": (F("0.000258"), dims(A=1, s=1, kg=-1)), "nit": (F(1), dims(cd=1, m=-2)), "candlepower": (F(1), dims(cd=1)),
    "mho": (F(1), dims(m=-2, kg=-1, s=3, A=2)), "°R": (F(5, 9), TEMPERATURE), "lumens": (F(1), dims(cd=1)), "sone": (F(1), NONE),
}  # fmt: skip
# units of two words, by their adjective; the first letter pattern is what prose writes
_GALLON_US, _GALLON_UK = F("0.003785411784"), F("0.00454609")
TWO_WORDS: dict[str, dict[str, tuple[Fraction, Dims]]] = {
    "us": {"gallon": (_GALLON_US, VOLUME), "quart": (_GALLON_US / 4, VOLUME), "pint": (_GALLON_US / 8, VOLUME), "cup": (_GALLON_US / 16, VOLUME), "ounce": (_GALLON_US / 128, VOLUME), "ton": (LB * 2000, MASS)},
    "uk": {"gallon": (_GALLON_UK, VOLUME), "quart": (_GALLON_UK / 4, VOLUME), "pint": (_GALLON_UK / 8, VOLUME), "ounce": (_GALLON_UK / 160, VOLUME), "ton": (LB * 2240, MASS)},
    "fluid": {"ounce": (_GALLON_US / 128, VOLUME)}, "short": {"ton": (LB * 2000, MASS)}, "long": {"ton": (LB * 2240, MASS)}, "metric": {"ton": (F(1000), MASS)},
    "troy": {"ounce": (F("0.0311034768"), MASS)}, "nautical": {"mile": (F(1852), LENGTH)},
}  # fmt: skip
PLAIN |= {f"{unit}_{adjective}": size for adjective, units in TWO_WORDS.items() for unit, size in units.items()}
# zero-point units: kelvin = (value + shift) × size
OFFSET: dict[str, tuple[Fraction, Fraction]] = {
    "°C": (F(1), F("273.15")), "℃": (F(1), F("273.15")), "degC": (F(1), F("273.15")), "celsius": (F(1), F("273.15")), "centigrade": (F(1), F("273.15")),
    "°F": (F(5, 9), F("459.67")), "℉": (F(5, 9), F("459.67")), "degF": (F(5, 9), F("459.67")), "fahrenheit": (F(5, 9), F("459.67")),
}  # fmt: skip
LOGARITHMIC = frozenset({"dB", "decibel", "dBm", "dBW", "Np", "neper", "pH", "bel", "mag", "dBi", "dBV"})
# things that are counted: dimension one
COUNTS = frozenset(["photon", "electron", "particle", "molecule", "atom", "ion", "proton", "neutron", "nucleon", "nucleus", "event", "count", "decay", "photons", "person", "people", "item", "unit", "piece",
    "neutrons", "charge", "cell", "student", "worker", "car"])  # fmt: skip
MONTHS_AND_LONGER = frozenset(
    {"month", "mo", "year", "yr", "annum", "decade", "century", "week", "wk", "day", "d", "quarter-year"}
)
