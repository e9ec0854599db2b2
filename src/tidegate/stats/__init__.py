"""Pure arithmetic everybody stands on; a measured number is an `Estimate`, never a bare float.

Modules are named for what they answer:

`summaries` additive sufficient statistics · `intervals` how sure is this share or mean ·
`standard_errors` clusters and pairs · `resampling` bootstrap, BCa · `boundaries` and `sequences`
intervals that hold at every look · `evalues` evidence that may be watched · `sprt` Wald's test ·
`srm` is the split what it should be · `judges` what a biased judge is worth · `cuped` less noise
from what was known before · `variance` where the noise is · `power` how many are needed ·
`two_sample` do two sets of texts have one law · `drift` did it change, and when · `unseen` what was
not seen yet · `minhash` near-duplicates · `risk` a threshold with a promise · `calibration` do scores mean
what they say · `repeats` verdicts from repeated runs · `irt` hard and telling items.

Array functions (`*_bounds`, `*_log`) are vectorised and return arrays; functions that return
`Measured` carry interval, n, segment and method, or say why there is no number.
"""
