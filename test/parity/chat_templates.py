"""Conversations written by the engine's chat format, held against transformers' apply_chat_template.

Run by hand, with the packages transformers and trl installed (trl for the templates it brings; only their text is read):

    python test/parity/chat_templates.py

For each template it compares the opening (text, and token ids of a byte-level tokenizer with the template's marks as
special tokens) and a conversation of three turns in which observations come back as messages of a user or a tool. It
fails when a text differs, unless the engine had said that the template rewrites earlier turns, or had refused it.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import transformers
import trl
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

ROOT = pathlib.Path(__file__).resolve().parents[2]
DRIVER = ROOT / "test" / "parity" / "chat-conversations.ts"
TEMPLATES = pathlib.Path(trl.__file__).parent / "chat_templates"
NAMES = ["llama3", "llama3_1", "llama3_2", "qwen2_5", "qwen3", "qwen3_instruct_2507"]
PROMPT = "Answer with <answer>.\nQuestion: Who wrote Velkar?\n"
OUTPUTS = ["<think> whom? </think> <search> Velkar </search>", "<search> a </search>", "<answer> Tinvek </answer>"]
REPLIES = ["\n<information> Velkar was written by Tinvek. </information>\n", "\n<information> No passages found. </information>\n"]
PLAIN = ["<search> Velkar </search>", *OUTPUTS[1:]]


def tokenizer_for(template, folder):
    marks = sorted(set(re.findall(r"<\|[a-z_]+\|>", template)) | {"<|begin|>", "<|end|>"})
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(marks)
    path = str(pathlib.Path(folder) / "tokenizer.json")
    tokenizer.save(path)
    wrapped = PreTrainedTokenizerFast(tokenizer_file=path, bos_token="<|begin|>", eos_token="<|end|>")
    wrapped.chat_template = template
    return wrapped, path


def messages(outputs, role, system):
    list_ = [{"role": "system", "content": system}] if system else []
    list_.append({"role": "user", "content": PROMPT})
    for turn, output in enumerate(outputs):
        list_.append({"role": "assistant", "content": output})
        if turn < len(REPLIES):
            list_.append({"role": role, "content": REPLIES[turn].strip()})
    return list_


def main():
    print(f"transformers {transformers.__version__}, trl {trl.__version__}")
    cases, commands = [], []
    with tempfile.TemporaryDirectory() as root:
        for name in NAMES:
            source = (TEMPLATES / f"{name}.jinja").read_text()
            folder = pathlib.Path(root) / name
            folder.mkdir()
            tokenizer, path = tokenizer_for(source, folder)
            for role in ("user", "tool"):
                for system in (None, "Be brief."):
                    for kind, outputs in (("plain", PLAIN), ("thoughts", OUTPUTS)):
                        variables = {"date_string": "26 Jul 2024"}
                        cases.append((name, role, system, kind, tokenizer, outputs, variables))
                        commands.append(
                            {
                                "template": source,
                                "specialTokens": {"bos_token": "<|begin|>", "eos_token": "<|end|>"},
                                "variables": variables,
                                "observations": role,
                                **({"system": system} if system else {}),
                                "prompt": PROMPT,
                                "outputs": outputs,
                                "replies": REPLIES,
                                "tokenizer": path,
                            }
                        )
        done = subprocess.run(
            ["node", "--conditions=turnwise-source", "--import", "tsx", str(DRIVER)],
            input=json.dumps(commands), capture_output=True, text=True, cwd=ROOT,
        )
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        failed = False
        for (name, role, system, kind, tokenizer, outputs, variables), ours in zip(cases, json.loads(done.stdout)):
            label = f"{name}, observations: {role}{', system' if system else ''}, {kind}"
            if "refused" in ours:
                print(f"{label}: refused: {ours['refused']}")
                continue
            opening = messages([], role, system)
            text = tokenizer.apply_chat_template(opening, tokenize=False, add_generation_prompt=True, **variables)
            ids = tokenizer.apply_chat_template(opening, add_generation_prompt=True, return_dict=False, **variables)
            whole = tokenizer.apply_chat_template(
                messages(outputs, role, system)[:-1], tokenize=False, add_generation_prompt=True, **variables
            )
            same = (text == ours["opening"], list(ids) == ours["openingIds"], whole + outputs[-1] == ours["whole"])
            said = kind == "thoughts" and ours["rewrites"]
            failed |= not (same[0] and same[1] and (same[2] or said))
            note = f" (the engine says: {ours['rewrites']})" if said else ""
            print(f"{label}: opening {same[0]}, ids {same[1]}, three turns {same[2]}{note}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
