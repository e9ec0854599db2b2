"""Cases and measurements → a gate."""
