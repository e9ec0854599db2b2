"""What the user of the seventh and eighth sets of answers has added: a small library and the coefficients of his standards."""

from tidegate.check.verify.published.references import Work, normal_id
from tidegate.check.verify.published.registry import Coefficient

_WORKS = (
    Work(
        id="10.1038/nature14539",
        title="Deep learning",
        authors=("Yann LeCun", "Yoshua Bengio", "Geoffrey Hinton"),
        year=2015,
    ),
    Work(
        id="1706.03762",
        title="Attention is all you need",
        authors=("Ashish Vaswani", "Noam Shazeer", "Niki Parmar"),
        year=2017,
    ),
    Work(
        id="10.1109/CVPR.2016.90",
        title="Deep residual learning for image recognition",
        authors=("Kaiming He", "Xiangyu Zhang", "Shaoqing Ren", "Jian Sun"),
        year=2016,
    ),
)
LIBRARY = {normal_id(w.id): w for w in _WORKS}


def _entry(
    standard: str, edition: str, clause: str, name: str, value: float, unit: str = "", symbol: str = ""
) -> Coefficient:
    return Coefficient(
        standard=standard, edition=edition, clause=clause, names=(name,), value=value, unit=unit, symbol=symbol
    )


REGISTRY = (
    _entry("EN 1990", "2002", "A1.2(B)", "partial factor for permanent actions", 1.35, symbol="γG"),
    _entry("EN 1990", "2002", "A1.2(B)", "partial factor for variable actions", 1.5, symbol="γQ"),
    _entry("EN 1992-1-1", "2004", "2.4.2.4", "partial factor for concrete", 1.5, symbol="γC"),
    _entry("EN 1992-1-1", "2004", "2.4.2.4", "partial factor for reinforcing steel", 1.15, symbol="γS"),
    _entry("ISO 6946", "2017", "6.8", "internal surface resistance", 0.13, "m^2*K/W", "Rsi"),
    _entry("ISO 6946", "2017", "6.8", "external surface resistance", 0.04, "m^2*K/W", "Rse"),
    _entry("EN 1991-1-1", "2002", "6.3.1.2", "imposed load for office areas", 3.0, "kN/m^2"),
    _entry("ASCE 7-16", "2016", "4.3", "live load for offices", 50, "psf"),
)
