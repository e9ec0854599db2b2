"""Capability 1: Why did this request wait, and who gets served next?"""
