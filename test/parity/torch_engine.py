"""The transformer of a checkpoint folder in eager PyTorch, as a peer of the embedded engine.

    python torch_engine.py FOLDER THREADS

Serves test/bench/engine.ts: one JSON command a line on standard input, one JSON answer a line on standard output.
Attention is `scaled_dot_product_attention`, the optimizer AdamW (fused), the key-value cache written by hand into
preallocated tensors. Needs torch and numpy.
"""

import json
import os
import struct
import sys
import time

FOLDER, THREADS = sys.argv[1], int(sys.argv[2])
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(THREADS)

import numpy  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

torch.set_num_threads(THREADS)


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = numpy.frombuffer(data[start:end], dtype=numpy.float32).reshape(entry["shape"]).copy()
        tensors[name] = torch.nn.Parameter(torch.from_numpy(values))
    return tensors


class Model:
    def __init__(self, folder):
        config = json.load(open(os.path.join(folder, "config.json")))
        self.w = read_safetensors(os.path.join(folder, "model.safetensors"))
        self.layers = config["num_hidden_layers"]
        self.heads = config["num_attention_heads"]
        self.hidden = config["hidden_size"]
        self.head = self.hidden // self.heads
        self.epsilon = config["rms_norm_eps"]
        if config["num_key_value_heads"] != self.heads or "model.shift_taps.weight" in self.w:
            raise SystemExit("the peer computes plain multi-head attention without shift taps")
        theta = config.get("rope_theta") or config["rope_parameters"]["rope_theta"]
        angles = torch.outer(torch.arange(512), theta ** (-torch.arange(0, self.head, 2) / self.head))
        self.cosines = torch.cat([angles.cos(), angles.cos()], -1)
        self.sines = torch.cat([angles.sin(), angles.sin()], -1)

    def norm(self, x, name):
        return F.rms_norm(x, (self.hidden,), self.w[name + ".weight"], self.epsilon)

    def rotate(self, x, first):
        count = x.shape[2]
        cosines, sines = self.cosines[first : first + count], self.sines[first : first + count]
        a, b = x.chunk(2, -1)
        return x * cosines + torch.cat([-b, a], -1) * sines

    def states(self, tokens, cache=None, first=0):
        batch, count = tokens.shape
        x = F.embedding(tokens, self.w["model.embed_tokens.weight"])
        for layer in range(self.layers):
            at = f"model.layers.{layer}."
            split = lambda y: y.view(batch, count, self.heads, self.head).transpose(1, 2)
            h = self.norm(x, at + "input_layernorm")
            q, k, v = (split(F.linear(h, self.w[f"{at}self_attn.{p}_proj.weight"])) for p in "qkv")
            q, k = self.rotate(q, first), self.rotate(k, first)
            if cache is not None:
                keys, values = cache[layer]
                keys[:, :, first : first + count] = k
                values[:, :, first : first + count] = v
                k, v = keys[:, :, : first + count], values[:, :, : first + count]
            y = F.scaled_dot_product_attention(q, k, v, is_causal=count > 1)
            y = y.transpose(1, 2).reshape(batch, count, self.hidden)
            x = x + F.linear(y, self.w[at + "self_attn.o_proj.weight"])
            h = self.norm(x, at + "post_attention_layernorm")
            gate = F.silu(F.linear(h, self.w[at + "mlp.gate_proj.weight"]))
            x = x + F.linear(gate * F.linear(h, self.w[at + "mlp.up_proj.weight"]), self.w[at + "mlp.down_proj.weight"])
        return self.norm(x, "model.norm")

    def logits(self, states):
        return F.linear(states, self.w["model.embed_tokens.weight"])

    def loss(self, tokens):
        logits = self.logits(self.states(tokens)[:, :-1])
        return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), tokens[:, 1:].reshape(-1))


model = Model(FOLDER)
optimizer = torch.optim.AdamW(model.w.values(), lr=1e-4, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.0, fused=True)
caches = {}


def train(command):
    tokens = torch.tensor(command["tokens"]).view(command["count"], -1)
    with timed() as spent:
        optimizer.zero_grad()
        loss = model.loss(tokens)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.w.values(), 1.0)
        optimizer.step()
    return {**spent.times, "loss": loss.item()}


@torch.inference_mode()
def sample(command):
    """Reads the prompts, then samples `steps` tokens of each; the times of the two are apart."""
    prompts = torch.tensor(command["tokens"]).view(command["count"], -1)
    count, length = prompts.shape
    total = length + command["steps"]
    key = (count, total)
    if key not in caches:
        empty = lambda: torch.zeros(count, model.heads, total, model.head)
        caches[key] = [(empty(), empty()) for _ in range(model.layers)]
    cache = caches[key]
    with timed() as reading:
        logits = model.logits(model.states(prompts, cache, 0)[:, -1])
    logprobs = []
    with timed() as sampling:
        for step in range(command["steps"]):
            log = F.log_softmax(logits, -1)
            token = torch.multinomial(log.exp(), 1)
            logprobs.append(log.gather(1, token))
            logits = model.logits(model.states(token, cache, length + step)[:, -1])
    return {"reading": reading.times, "sampling": sampling.times, "mean": torch.cat(logprobs).mean().item()}




def about(_):
    return {
        "python": sys.version.split()[0],
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "mkl": torch.backends.mkl.is_available(),
    }


class timed:
    def __enter__(self):
        self.times = None
        self.started = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_):
        wall, cpu = self.started
        self.times = {"wall": 1000 * (time.perf_counter() - wall), "cpu": 1000 * (time.process_time() - cpu)}


commands = {"train": train, "sample": sample, "about": about}
for line in sys.stdin:
    command = json.loads(line)
    print(json.dumps(commands[command["do"]](command)), flush=True)
