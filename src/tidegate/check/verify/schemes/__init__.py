# ruff: noqa: E501  (messages read best on one line)
"""Numerical schemes in code, read and never run: do the weights, signs and powers make the method that they look like?"""
