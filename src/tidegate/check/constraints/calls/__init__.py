"""Tool calls in flight: decided on resolved arguments, by provenance, state and confirmation."""
