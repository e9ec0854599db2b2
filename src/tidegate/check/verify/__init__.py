"""Capability 10: Which of these technical claims are wrong, and by what computation?"""
