"""Pure arithmetic everybody stands on; returns `Estimate` or `NotMeasured`, never a bare number."""
