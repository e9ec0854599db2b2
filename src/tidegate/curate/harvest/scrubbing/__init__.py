"""Secrets and personal data out of a conversation, the same name for the same thing."""
