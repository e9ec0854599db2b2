"""Laws of textbooks as data by field, and formulae of a text held against them."""
