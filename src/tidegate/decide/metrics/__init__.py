"""Capability 9: Which metric decides, and what does that choice tolerate?"""
