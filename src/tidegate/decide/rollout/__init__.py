"""Capability 4: Is the new version safe on the traffic staging never saw?"""
