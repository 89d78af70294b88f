"""The advantage estimator: one request a batch, one advantage a turn. Needs torch and numpy, not verl."""

from __future__ import annotations

import math
import os
from typing import Any

import torch

from .service import TurnwiseError, TurnwiseService
from .spans import turn_spans


def turnwise_advantages(
    token_level_rewards: torch.Tensor,
    response_mask: torch.Tensor,
    index: Any,
    config: Any = None,
    service: TurnwiseService | None = None,
    strategy: str | None = None,
    correct_reward: float = 1.0,
    **_: Any,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Turn-level advantages of a Turnwise strategy.

    The reward of a turn is the sum over its tokens. A trajectory counts as right, with outcome `correct_reward`, when
    its last turn is paid at least that much; its outcome is 0 otherwise. That is how FOLR and the outcome reward pay.

    Args:
        token_level_rewards: [batch, tokens], each turn's reward on one of its tokens (see `place_turn_rewards`).
        response_mask: [batch, tokens], 1 for tokens the policy wrote.
        index: [batch], equal for trajectories sampled for the same question.
        strategy: A strategy of the service. Default: the environment variable TURNWISE_STRATEGY, else tspo.

    Returns:
        advantages, returns: the same [batch, tokens] tensor twice: the turn's advantage on every token the policy wrote
        in it, 0 elsewhere.

    Raises:
        TurnwiseError: when the service cannot be reached or its reply does not fit. A batch is never trained on zeros.
    """
    service = service or TurnwiseService()
    strategy = strategy or os.environ.get("TURNWISE_STRATEGY", "tspo")
    spans = [turn_spans(mask) for mask in response_mask.cpu()]
    rewards = (token_level_rewards * response_mask).detach().double().cpu()
    rows = [row_of(str(uid), rewards[i], spans[i], correct_reward) for i, uid in enumerate(index)]
    turns = service.turn_advantages(rows, strategy)
    advantages = torch.zeros_like(token_level_rewards, dtype=torch.float32, device="cpu")
    for i, row in enumerate(turns):
        for (start, end), advantage in zip(spans[i], row):
            if not isinstance(advantage, (int, float)) or not math.isfinite(advantage):
                raise TurnwiseError(f"the advantage of row {i} is {advantage!r}")
            advantages[i, start:end] = advantage
    advantages = advantages.to(token_level_rewards.device)
    return advantages, advantages.clone()


def row_of(uid: str, rewards: torch.Tensor, spans: list[tuple[int, int]], correct_reward: float) -> dict[str, Any]:
    turns = [float(rewards[start:end].sum()) for start, end in spans]
    if not all(map(math.isfinite, turns)):
        raise TurnwiseError(f"a reward of question {uid} is not finite")
    # Rewards went through float32.
    correct = bool(turns) and turns[-1] >= correct_reward - 1e-6
    return {"group": uid, "turns": turns, "outcome": correct_reward if correct else 0.0, "correct": correct}
