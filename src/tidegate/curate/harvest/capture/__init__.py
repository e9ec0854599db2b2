"""From a failed conversation to a case: its envelope, what must hold, what decides it, its smallest part."""
