"""Where traces and state are kept: embedded by default, existing servers when outgrown."""
