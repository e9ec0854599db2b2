"""The web face: server-rendered, no build step, no network."""
