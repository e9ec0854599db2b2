"""Which instructions cannot hold together: formulas, laws, minimal cores, and an enumerator that checks them."""
