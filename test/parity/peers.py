"""Runs the published Python of verl and TRL on a batch written by parity.ts or by the bench.

    python peers.py versions
    python peers.py parity IN.json OUT.json
    python peers.py bench IN.json OUT.json

verl's algorithms are one module, but importing its package needs ray, tensordict and transformers. The module is
loaded from the installed package as it is, with stand-ins for what it imports and never uses here. TRL's advantages are
statements in the middle of a method: they are cut out of the installed file by the syntax tree and run unchanged.
"""
import ast
import importlib
import importlib.machinery
import importlib.metadata
import importlib.util
import json
import os
import sys
import time
import types

import numpy as np
import torch


class Anything(types.ModuleType):
    """A module in which every name is a class."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


class StandIns:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("omegaconf", "tensordict", "transformers", "ray"):
            return importlib.machinery.ModuleSpec(name, self)
        return None

    def create_module(self, spec):
        return Anything(spec.name)

    def exec_module(self, module):
        pass


class ActorConfig:
    def __init__(self, low, high, dual_clip, batch):
        self.clip_ratio, self.clip_ratio_low, self.clip_ratio_high = low, low, high
        self.values = {"clip_ratio_c": dual_clip}
        self.global_batch_info = batch

    def get(self, name, default=None):
        return self.values.get(name, default)


def load_verl():
    sys.meta_path.insert(0, StandIns())
    root = importlib.util.find_spec("verl").submodule_search_locations[0]

    def package(name, **names):
        module = types.ModuleType(name)
        module.__path__ = [os.path.join(root, *name.split(".")[1:])]
        module.__dict__.update(names)
        sys.modules[name] = module
        return module

    package("verl")
    package("verl.utils")
    package("verl.utils.device", get_device_name=lambda: "cpu", get_torch_device=lambda: None)
    package("verl.utils.import_utils", deprecated=lambda *_: lambda function: function)
    groupwise = importlib.import_module("verl.utils.groupwise")
    sys.modules["verl.utils"].__dict__.update(
        as_torch_index=groupwise.as_torch_index, group_mean_std=groupwise.group_mean_std
    )
    package("verl.trainer")
    package("verl.trainer.config", AlgoConfig=type("AlgoConfig", (), {}))
    package("verl.trainer.ppo")
    package("verl.workers")
    package("verl.workers.config", ActorConfig=ActorConfig)
    return importlib.import_module("verl.trainer.ppo.core_algos")


def load_trl():
    """TRL's advantages of one reward function, `sum_then_normalize`, as a function of rewards and group size."""
    root = importlib.util.find_spec("trl").submodule_search_locations[0]

    def tree(name):
        with open(os.path.join(root, "trainer", name), encoding="utf-8") as file:
            return ast.parse(file.read())

    nanstd = next(n for n in tree("utils.py").body if isinstance(n, ast.FunctionDef) and n.name == "nanstd")
    branch = next(
        node
        for node in ast.walk(tree("grpo_trainer.py"))
        if isinstance(node, ast.If) and "sum_then_normalize" in ast.unparse(node.test)
        and "std_rewards" in ast.unparse(node)
    )
    code = compile(ast.Module(branch.body, []), "grpo_trainer.py", "exec")
    scope = {"torch": torch}
    exec(compile(ast.Module([nanstd], []), "utils.py", "exec"), scope)

    def advantages(rewards, size, scale):
        rewards_per_func = rewards.unsqueeze(1)
        names = dict(
            scope,
            self=types.SimpleNamespace(reward_weights=torch.ones(1, dtype=rewards.dtype), scale_rewards=scale),
            rewards_per_func=rewards_per_func,
            unscorable_mask=torch.isnan(rewards_per_func).all(dim=1),
            num_generations=size,
            device="cpu",
        )
        exec(code, names)
        return torch.nan_to_num(names["advantages"], nan=0.0)

    return advantages


def versions():
    names = ("verl", "trl", "torch", "numpy")
    return {"python": sys.version.split()[0], **{name: importlib.metadata.version(name) for name in names}}


class Config(types.SimpleNamespace):
    def get(self, name, default=None):
        return getattr(self, name, default)


def verl_advantages(verl, batch, dtype):
    mask = torch.tensor(batch["mask"], dtype=dtype)
    index = np.array(batch["group"])
    scores = torch.tensor(batch["outcome"], dtype=dtype)
    rewards = torch.zeros_like(mask)
    rewards[torch.arange(len(scores)), torch.tensor(batch["last"])] = scores
    several = [i for i in range(len(index)) if (index == index[i]).sum() > 1]
    config = Config(gamma=1.0, norm_adv_by_std_in_grpo=True)
    plain = Config(gamma=1.0, norm_adv_by_std_in_grpo=False)

    def pass_at_k(settings):
        result = torch.zeros_like(mask)
        result[several] = verl.compute_grpo_passk_outcome_advantage(
            rewards[several], mask[several], index[several], config=settings
        )[0]
        return result

    values = torch.tensor(batch["values"], dtype=dtype)
    gae = verl.compute_gae_advantage_return(rewards, values, mask, 0.99, 0.9)[1] - values
    return {
        "grpo": verl.compute_grpo_outcome_advantage(rewards, mask, index)[0],
        "grpo, no standard deviation": verl.compute_grpo_outcome_advantage(
            rewards, mask, index, norm_adv_by_std_in_grpo=False
        )[0],
        "rloo": verl.compute_rloo_outcome_advantage(rewards, mask, index)[0],
        "reinforce-plus-plus": verl.compute_reinforce_plus_plus_outcome_advantage(rewards, mask, config=config)[0],
        "reinforce-plus-plus, group-mean": verl.compute_reinforce_plus_plus_baseline_outcome_advantage(
            rewards, mask, index
        )[0],
        "opo": verl.compute_opo_outcome_advantage(rewards, mask, index)[0],
        "gpg": verl.compute_gpg_outcome_advantage(rewards, mask, index)[0],
        "pass-at-k": pass_at_k(config),
        "pass-at-k, no standard deviation": pass_at_k(plain),
        "gae over tokens, before whitening": gae * mask,
        "remax": verl.compute_remax_outcome_advantage(
            rewards, torch.tensor(batch["greedy"], dtype=dtype), mask
        )[0]
        * mask,
    }


def verl_losses(verl, batch, dtype):
    """Loss and its gradient by each log-probability, the rows of masked tokens included."""
    mask = torch.tensor(batch["mask"], dtype=dtype) * torch.tensor(batch["trained"], dtype=dtype).unsqueeze(1)
    names = ("old", "reference", "advantages")
    old, reference, advantages = (torch.tensor(batch[name], dtype=dtype) for name in names)
    modes = {
        "token-mean": {"loss_agg_mode": "token-mean"},
        "sequence-mean": {"loss_agg_mode": "seq-mean-token-mean"},
        "sequence-mean-token-sum": {"loss_agg_mode": "seq-mean-token-sum"},
        "token-sum": {"loss_agg_mode": "token-sum"},
        "constant": {
            "loss_agg_mode": "seq-mean-token-sum-norm",
            "global_batch_size": len(mask),
            "loss_scale_factor": batch["maxTokens"],
        },
    }

    def graded(function):
        logprobs = torch.tensor(batch["logprobs"], dtype=dtype, requires_grad=True)
        loss = function(logprobs)
        loss.backward()
        return {"loss": loss.item(), "gradient": logprobs.grad.tolist()}

    def policy(function, low, high, dual, mode):
        batch_info = {name: value for name, value in modes[mode].items() if name != "loss_agg_mode"}
        config = ActorConfig(low, high, dual, batch_info)
        arguments = dict(loss_agg_mode=modes[mode]["loss_agg_mode"], config=config)
        return graded(lambda logprobs: function(old, logprobs, advantages, mask, **arguments)[0])

    results = {}
    for mode, arguments in modes.items():
        results[f"agg_loss {mode}"] = graded(lambda logprobs: verl.agg_loss(-logprobs * advantages, mask, **arguments))
    for mode in ("token-mean", "constant"):
        vanilla = verl.compute_policy_loss_vanilla
        results[f"ppo-clip {mode}"] = policy(vanilla, 0.2, 0.28, 1e30, mode)
        results[f"ppo-clip, dual clip {mode}"] = policy(vanilla, 0.2, 0.28, 3.0, mode)
        results[f"cispo {mode}"] = policy(verl.compute_policy_loss_cispo, 0.2, 0.2, None, mode)
    results["gspo sequence-mean"] = policy(verl.compute_policy_loss_gspo, 0.2, 0.3, None, "sequence-mean")
    for kind in ("k1", "k2", "k3"):
        results[f"kl {kind}"] = graded(
            lambda logprobs: (verl.kl_penalty_forward(logprobs, reference, kind) * mask).sum()
        )
    return results


def parity(batches):
    verl, trl = load_verl(), load_trl()
    results = []
    for batch in batches:
        result = {}
        for name, dtype in (("float64", torch.float64), ("float32", torch.float32)):
            torch.set_default_dtype(dtype)
            rewards = torch.tensor(
                [float("nan") if value is None else value for value in batch["trl"]["outcome"]], dtype=dtype
            )
            result[name] = {
                "verl": {key: value.tolist() for key, value in verl_advantages(verl, batch, dtype).items()},
                "trl": {
                    scale: trl(rewards.clone(), batch["trl"]["size"], scale).tolist() for scale in ("group", "none")
                },
            }
        torch.set_default_dtype(torch.float64)
        result["losses"] = verl_losses(verl, batch, torch.float64)
        results.append(result)
    return {"versions": versions(), "results": results}


def bench(batch):
    verl = load_verl()
    mask = torch.tensor(batch["mask"], dtype=torch.float32).repeat(len(batch["outcome"]), 1)
    rewards = torch.zeros_like(mask)
    rewards[:, -1] = torch.tensor(batch["outcome"], dtype=torch.float32)
    index = np.array(batch["group"], dtype=object)

    def seconds(work):
        work()
        wall, processor = [], []
        for _ in range(batch["repetitions"]):
            started, before = time.perf_counter(), time.process_time()
            work()
            wall.append(time.perf_counter() - started)
            processor.append(time.process_time() - before)
        return {"wall": sorted(wall)[len(wall) // 2], "processor": sorted(processor)[len(processor) // 2]}

    return {
        "versions": versions(),
        "threads": torch.get_num_threads(),
        "grpo": seconds(lambda: verl.compute_grpo_outcome_advantage(rewards, mask, index)),
        "grpoVectorized": seconds(lambda: verl.compute_grpo_vectorized_outcome_advantage(rewards, mask, index)),
    }


if __name__ == "__main__":
    if sys.argv[1] == "versions":
        print(json.dumps(versions()))
    else:
        with open(sys.argv[2], encoding="utf-8") as file:
            given = json.load(file)
        with open(sys.argv[3], "w", encoding="utf-8") as file:
            json.dump({"parity": parity, "bench": bench}[sys.argv[1]](given), file)
