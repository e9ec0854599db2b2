"""Files, git history, OpenAPI, notebooks, other tools' logs → values."""
