"""Results that a text announces of its own quantities, read by what kind of thing each quantity is."""
