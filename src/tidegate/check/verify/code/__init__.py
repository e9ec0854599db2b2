"""Code in an answer, read and never run: packages, names, arguments, versions."""
