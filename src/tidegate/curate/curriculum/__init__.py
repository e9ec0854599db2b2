"""Capability 12: Which lessons teach what the models no longer need?"""
