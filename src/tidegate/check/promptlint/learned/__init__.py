"""What the grammar does not read, read by weights that were learned offline: always *possible*, never proved."""
