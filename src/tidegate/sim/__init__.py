"""The simulated world: clock, engine, network, faults, workloads, checkers, twelve scenarios."""
