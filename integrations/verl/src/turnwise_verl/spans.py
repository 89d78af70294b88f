"""Turns of a trajectory as spans of tokens, read from the response mask."""

from __future__ import annotations

import torch


def turn_spans(mask: torch.Tensor) -> list[tuple[int, int]]:
    """Runs of ones: (start, end) of each turn, end exclusive.

    Two turns must have at least one masked token between them, as the text of a tool result or of a chat template is.

    Args:
        mask: [tokens], 1 for tokens the policy wrote, 0 for observations and padding.
    """
    ones = torch.nn.functional.pad(mask.to(torch.int8), (1, 1))
    edges = ones.diff()
    starts = (edges == 1).nonzero().flatten().tolist()
    ends = (edges == -1).nonzero().flatten().tolist()
    return list(zip(starts, ends))


def place_turn_rewards(mask: torch.Tensor, rewards: list[float]) -> torch.Tensor:
    """Each turn's reward at the last token of the turn, zero elsewhere: [tokens], float32.

    Raises:
        ValueError: when there is not one reward for each turn. A reward cannot be left out or made up.
    """
    spans = turn_spans(mask)
    if len(spans) != len(rewards):
        raise ValueError(f"{len(rewards)} turn rewards for {len(spans)} turns in the response mask")
    placed = torch.zeros(mask.shape[0], dtype=torch.float32)
    for (_, end), reward in zip(spans, rewards):
        placed[end - 1] = reward
    return placed
