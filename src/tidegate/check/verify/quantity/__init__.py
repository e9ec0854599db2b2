"""Quantities with units and formulae with dimensions: converted, compared, solved as linear systems."""
