"""Capability 11: Did the change help users, at any time one looks?"""
