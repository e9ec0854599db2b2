"""What the lines of a prompt do to a real model: measured, with error control."""
