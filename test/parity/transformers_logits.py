"""Logits and LoRA adapters of transformers and peft, held against the engine's on the same folders.

Run by hand, with the packages transformers, peft, torch and safetensors installed:

    python test/parity/transformers_logits.py

For tiny random Llama, Qwen2 and Qwen3 models (tied and untied, plain and scaled positions, float32, bfloat16 and
float16, one file and shards) it saves the folder with transformers, lets `open-models.ts` load it, and prints the
largest difference of the logits at every position. Then an adapter of peft is loaded by the engine and one of the
engine by peft. It fails when a difference exceeds 1e-4.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, LlamaConfig, Qwen2Config, Qwen3Config

ROOT = pathlib.Path(__file__).resolve().parents[2]
DRIVER = ROOT / "test" / "parity" / "open-models.ts"
TOLERANCE = 1e-4

SIZES = dict(
    vocab_size=199,
    hidden_size=64,
    intermediate_size=172,
    num_hidden_layers=3,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=512,
)
LLAMA3 = dict(
    rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64
)
CASES = [
    ("llama untied", LlamaConfig(**SIZES, tie_word_embeddings=False), torch.float32, "5GB"),
    ("llama tied, llama3 scaling", LlamaConfig(**SIZES, tie_word_embeddings=True, rope_scaling=LLAMA3), torch.float32, "5GB"),
    ("llama linear scaling, all biases", LlamaConfig(**SIZES, attention_bias=True, mlp_bias=True, rope_scaling=dict(rope_type="linear", factor=4.0)), torch.float32, "5GB"),
    ("llama head size 32, bfloat16, shards", LlamaConfig(**SIZES, head_dim=32, rope_scaling=LLAMA3), torch.bfloat16, "100KB"),
    ("qwen2 tied", Qwen2Config(**SIZES, tie_word_embeddings=True), torch.float32, "5GB"),
    ("qwen2 untied, float16, shards", Qwen2Config(**SIZES, tie_word_embeddings=False), torch.float16, "100KB"),
    ("qwen3 tied, bfloat16", Qwen3Config(**SIZES, head_dim=24, tie_word_embeddings=True), torch.bfloat16, "5GB"),
    ("qwen3 untied, shards", Qwen3Config(**SIZES, head_dim=32, tie_word_embeddings=False), torch.float32, "100KB"),
]


def tokenizer_json(size):
    vocab = {f"t{i}": i for i in range(size)}
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
        "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None, "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocab, "unk_token": "t0"},
    }


def write_tokenizer(folder):
    (pathlib.Path(folder) / "tokenizer.json").write_text(json.dumps(tokenizer_json(SIZES["vocab_size"])))


def randomise(model):
    """Biases and norms start at 0 and 1: away from there, so that one that is forgotten shows."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith(".bias") or "norm" in name:
                parameter.add_(0.3 * torch.randn_like(parameter))
            else:
                parameter.mul_(3)


def tokens():
    return torch.randint(0, SIZES["vocab_size"], (1, 300)).tolist()[0]


def reference(model, ids):
    with torch.no_grad():
        return model.float()(torch.tensor([ids])).logits[0]


def engine(command):
    """One JSON command to the driver, one JSON value back."""
    done = subprocess.run(
        ["node", "--conditions=turnwise-source", "--import", "tsx", str(DRIVER)],
        input=json.dumps(command), capture_output=True, text=True, cwd=ROOT,
    )
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


failed = False


def report(name, ours, theirs):
    global failed
    theirs = theirs.reshape(-1)
    difference = (torch.tensor(ours) - theirs).abs().max().item()
    failed |= not difference < TOLERANCE
    print(f"{name}: largest difference {difference:.1e} of logits up to {theirs.abs().max().item():.1f}")


def bases():
    for name, config, dtype, shard in CASES:
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as copy:
            model = AutoModelForCausalLM.from_config(config)
            randomise(model)
            model.to(dtype).save_pretrained(folder, max_shard_size=shard)
            write_tokenizer(folder)
            files = len(list(pathlib.Path(folder).glob("*.safetensors")))
            ids = tokens()
            theirs = reference(AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32), ids)
            report(f"{name} ({files} file{'s' if files > 1 else ''})", engine({"folder": folder, "tokens": ids, "save": copy})["logits"], theirs)
            again = AutoModelForCausalLM.from_pretrained(copy, dtype=torch.float32)
            report(f"  saved by the engine, loaded by transformers", theirs.reshape(-1).tolist(), reference(again, ids))


def adapters():
    for name, config in [("llama", LlamaConfig(**SIZES, head_dim=32)), ("qwen2", Qwen2Config(**SIZES)), ("qwen3", Qwen3Config(**SIZES, head_dim=24))]:
        with tempfile.TemporaryDirectory() as root:
            folder, theirs_folder, ours_folder, merged = (str(pathlib.Path(root) / n) for n in ("base", "theirs", "ours", "merged"))
            for path in (ours_folder, merged):
                pathlib.Path(path).mkdir()
            model = AutoModelForCausalLM.from_config(config)
            randomise(model)
            model.save_pretrained(folder)
            write_tokenizer(folder)
            ids = tokens()
            targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
            adapted = get_peft_model(model, LoraConfig(r=5, lora_alpha=11, target_modules=targets, init_lora_weights=False))
            adapted.save_pretrained(theirs_folder)
            ours = engine({"folder": folder, "tokens": ids, "adapter": theirs_folder, "merged": merged})
            theirs = reference(adapted, ids)
            report(f"{name}: adapter of peft, loaded by the engine", ours["logits"], theirs)
            report(f"  merged by the engine, loaded by transformers", reference(AutoModelForCausalLM.from_pretrained(merged), ids).reshape(-1).tolist(), theirs)
            ours = engine({"folder": folder, "tokens": ids, "train": {"rank": 4, "alpha": 8, "targets": ["q_proj", "v_proj", "down_proj"]}, "saveAdapter": ours_folder})
            loaded = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(folder), ours_folder)
            report(f"{name}: adapter trained and saved by the engine, loaded by peft", ours["logits"], reference(loaded, ids))
            report(f"  the same without the adapter (should differ: {ours['changed']:.2f})", reference(loaded.unload(), ids).reshape(-1).tolist(), reference(AutoModelForCausalLM.from_pretrained(folder), ids))


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(1)
    print(f"transformers {transformers.__version__}, torch {torch.__version__}, 300 tokens each")
    if "--bases" in sys.argv or "--adapters" not in sys.argv:
        bases()
    if "--adapters" in sys.argv or "--bases" not in sys.argv:
        adapters()
    sys.exit(1 if failed else 0)
