"""One module an incident: the usual way fails, ours holds, on the same input."""
