"""One module a verb; each exports `command`."""
