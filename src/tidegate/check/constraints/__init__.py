"""Capability 3: Which of our rules does anything enforce?"""
