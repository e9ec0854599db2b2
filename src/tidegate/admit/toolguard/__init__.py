"""Capability 7: Is this agent still getting anywhere?"""
