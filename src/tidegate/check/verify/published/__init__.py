"""What others have published: constants by CODATA edition, references, standards, registries of coefficients."""
