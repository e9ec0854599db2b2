"""Equations and formulae that everyone knows, held against the ones that a program spells."""
