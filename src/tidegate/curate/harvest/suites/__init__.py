"""The suite and its ledger: verdicts under noise, coverage, relics, and which cases to run."""
