"""Capability 2: Which production failures must become tests, and which tests are relics?"""
