"""One GRPO step after another by TRL's GRPOTrainer, as a peer of test/bench/grpo-step.ts.

    python trl_grpo.py '{"questions": 64, "rollouts": 8, "promptTokens": 128, "newTokens": 64, "steps": 4, "threads": 2,
        "microBatch": 64, "vocabularySize": 600, "hiddenSize": 64, "intermediateSize": 176, "layerCount": 2, "headCount": 4}'

A Qwen2 of the given size with random weights, prompts of words that are one token each, every rollout run to its last
token, a reward that is a function of the tokens. Says READY and what it is, then makes a step for every line on standard
input and says STEP with its milliseconds by the wall and of the processor. Needs trl, transformers, torch and datasets.
"""

import json
import os
import sys
import tempfile
import time

SIZES = json.loads(sys.argv[1])
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(SIZES["threads"])
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"

import torch  # noqa: E402
import transformers  # noqa: E402
import trl  # noqa: E402
from datasets import Dataset  # noqa: E402
from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: E402
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM, TrainerCallback  # noqa: E402
from trl import GRPOConfig, GRPOTrainer  # noqa: E402

torch.set_num_threads(SIZES["threads"])
torch.manual_seed(1)
transformers.logging.set_verbosity_error()
vocabulary = SIZES["vocabularySize"]
words = Tokenizer(models.WordLevel({f"t{i}": i for i in range(vocabulary)}, unk_token="t0"))
words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, eos_token="t1", pad_token="t0")
model = Qwen2ForCausalLM(
    Qwen2Config(
        vocab_size=vocabulary,
        hidden_size=SIZES["hiddenSize"],
        intermediate_size=SIZES["intermediateSize"],
        num_hidden_layers=SIZES["layerCount"],
        num_attention_heads=SIZES["headCount"],
        num_key_value_heads=SIZES["headCount"],
        max_position_embeddings=SIZES["promptTokens"] + SIZES["newTokens"],
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=1,
        pad_token_id=0,
    )
)
prompts = [
    " ".join(f"t{2 + (question * 31 + at * 7919 + (at * at >> 3)) % (vocabulary - 2)}" for at in range(SIZES["promptTokens"]))
    for question in range(SIZES["questions"])
]
seen = []


def reward(completion_ids, **_):
    seen.append([len(ids) for ids in completion_ids])
    return [float(sum(1 for token in ids if token % 2 == 0)) for ids in completion_ids]


batch = SIZES["questions"] * SIZES["rollouts"]
micro = SIZES["microBatch"]


class OnDemand(TrainerCallback):
    """Waits for a line before each step, and tells the time of each."""

    def on_train_begin(self, *_, **__):
        versions = {"python": sys.version.split()[0]}
        versions.update({module.__name__: module.__version__ for module in (torch, transformers, trl)})
        about = {"threads": torch.get_num_threads(), "instructions": torch.backends.cpu.get_cpu_capability()}
        say("READY", {**versions, **about, "microBatch": micro})
        self.wait()

    def on_step_end(self, *_, **__):
        wall, cpu = self.started
        if any(length != SIZES["newTokens"] for lengths in seen for length in lengths):
            raise SystemExit("some rollouts ended early: the work would not be the same")
        if sum(map(len, seen)) != batch:
            raise SystemExit(f"a step of {sum(map(len, seen))} rollouts, not {batch}")
        seen.clear()
        say("STEP", {"wall": 1000 * (time.perf_counter() - wall), "cpu": 1000 * (time.process_time() - cpu)})
        self.wait()

    def wait(self):
        if not sys.stdin.readline():
            os._exit(0)
        self.started = time.perf_counter(), time.process_time()


def say(word, value):
    print(word, json.dumps(value), flush=True)


with tempfile.TemporaryDirectory() as folder:
    trainer = GRPOTrainer(
        model=model,
        processing_class=tokenizer,
        reward_funcs=reward,
        callbacks=[OnDemand()],
        train_dataset=Dataset.from_dict({"prompt": prompts * SIZES["steps"]}),
        args=GRPOConfig(
            output_dir=folder,
            use_cpu=True,
            bf16=False,
            per_device_train_batch_size=micro,
            gradient_accumulation_steps=batch // micro,
            steps_per_generation=batch // micro,
            num_generations=SIZES["rollouts"],
            max_completion_length=SIZES["newTokens"],
            generation_kwargs={"min_new_tokens": SIZES["newTokens"]},
            temperature=1.0,
            beta=0.0,
            loss_type="dapo",
            learning_rate=1e-4,
            max_grad_norm=1.0,
            max_steps=SIZES["steps"],
            gradient_checkpointing=False,
            report_to=[],
            save_strategy="no",
            logging_strategy="no",
            disable_tqdm=True,
            shuffle_dataset=False,
        ),
    )
    trainer.train()
