"""Starter packs: ready constraint files, shipped with the code and read by name."""
