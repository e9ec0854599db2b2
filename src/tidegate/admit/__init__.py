"""While the call is in flight: who goes next, and which agent must stop."""
