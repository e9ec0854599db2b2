"""Capability 6: Which lines of the prompt cannot hold together, and who brought them in?"""
