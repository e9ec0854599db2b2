"""Many failures, few failure modes."""
