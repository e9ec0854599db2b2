"""Capability 5: Is this page still true, and may it be used to answer?"""
