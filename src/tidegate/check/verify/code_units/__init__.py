"""Units that a program tells (comments, docstrings, names, prints) against what it computes with them."""
