"""Formulae, charges, oxidation states, reactions and nuclear equations."""
