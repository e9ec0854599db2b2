"""Units that a program tells of its names (comments, docstrings, names, prints), held against what it computes with them."""
