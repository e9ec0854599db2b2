"""Capability 8: Would a rule do as well as the model, for less?"""
