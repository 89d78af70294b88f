"""A Search-R1 agent loop for verl that keeps the reward of every turn. Imports verl: see the README for what was run."""

from __future__ import annotations

import asyncio
import os
import re
from typing import Any
from uuid import uuid4

from verl.experimental.agent_loop.agent_loop import AgentLoopBase, AgentLoopMetrics, AgentLoopOutput, register

from .service import TurnwiseService
from .spans import place_turn_rewards

ACTION = re.compile(r"<(search|answer)>(.*?)</\1>", re.DOTALL)


class TurnRewardOutput(AgentLoopOutput):
    """An output whose `rm_scores` hold each turn's reward at the turn's last token instead of one number at the end."""

    def as_dict(self) -> dict[str, Any]:
        turn_rewards = self.extra_fields.get("turn_rewards", [])
        output = super().as_dict()
        output["rm_scores"] = place_turn_rewards(output["response_mask"], turn_rewards)
        return output


@register("turnwise_search")
class TurnwiseSearchLoop(AgentLoopBase):
    """Thinks, searches through the Turnwise service, reads and answers; then has its turns paid by a Turnwise strategy.

    Reads `raw_prompt` and Search-R1's `reward_model.ground_truth.target` of the data set. Environment: TURNWISE_URL,
    TURNWISE_TOKEN, TURNWISE_STRATEGY (default tspo), TURNWISE_MAX_TURNS (4), TURNWISE_TOPK (3).
    """

    async def run(self, sampling_params: dict[str, Any], **row: Any) -> AgentLoopOutput:
        service = TurnwiseService()
        max_turns = int(os.environ.get("TURNWISE_MAX_TURNS", "4"))
        room = self.rollout_config.response_length
        messages = list(row["raw_prompt"])
        prompt_ids = await self.ct_build_initial_tokens(messages)
        sampling = {**sampling_params, "stop": ["</search>", "</answer>"], "include_stop_str_in_output": True}
        request_id = uuid4().hex
        response: list[int] = []
        mask: list[int] = []
        logprobs: list[float] = []
        turns: list[dict[str, Any]] = []
        answer = None
        for turn in range(max_turns):
            output = await self.server_manager.generate(
                request_id=request_id, prompt_ids=prompt_ids + response, sampling_params=sampling
            )
            tokens = output.token_ids[: room - len(response)]
            if not tokens:
                break
            response += tokens
            mask += [1] * len(tokens)
            logprobs += list(output.log_probs or [0.0] * len(tokens))[: len(tokens)]
            text = self.tokenizer.decode(tokens, skip_special_tokens=True)
            action = action_of(text)
            observation = None
            if action["kind"] == "search" and turn + 1 < max_turns:
                observation = await asyncio.to_thread(search, service, action["query"])
                observed = self.tokenizer.encode(observation["text"], add_special_tokens=False)
                # An observation that does not fit is not shown in part: the trajectory ends with this turn.
                if len(response) + len(observed) >= room:
                    turns.append({"output": {"text": text}, "action": action, "observation": None})
                    break
                response += observed
                mask += [0] * len(observed)
                logprobs += [0.0] * len(observed)
            turns.append({"output": {"text": text}, "action": action, "observation": observation})
            if action["kind"] == "answer":
                answer = action["text"]
            if action["kind"] != "search":
                break
        rewards = await asyncio.to_thread(paid, service, row, messages, turns, answer)
        return TurnRewardOutput(
            prompt_ids=prompt_ids,
            response_ids=response,
            response_mask=mask,
            response_logprobs=logprobs,
            reward_score=float(rewards["outcome"]),
            num_turns=2 * len(turns),
            metrics=AgentLoopMetrics(),
            extra_fields={"turn_rewards": rewards["turns"], "turn_scores": [], "tool_rewards": []},
        )


def action_of(text: str) -> dict[str, str]:
    found = ACTION.search(text)
    if found is None:
        return {"kind": "invalid", "reason": "no-action"}
    kind, content = found[1], found[2].strip()
    if not content:
        return {"kind": "invalid", "reason": "empty-query" if kind == "search" else "empty-answer"}
    return {"kind": "search", "query": content} if kind == "search" else {"kind": "answer", "text": content}


def search(service: TurnwiseService, query: str) -> dict[str, Any]:
    top_k = int(os.environ.get("TURNWISE_TOPK", "3"))
    [documents] = service.post("/retrieve", {"queries": [query], "topk": top_k})["result"]
    lines = [f"Doc {rank}(Title: {document['title']}) {document['text']}" for rank, document in enumerate(documents, 1)]
    text = "\n\n<information>" + "\n".join(lines) + "</information>\n\n"
    return {"status": "ok" if documents else "empty", "text": text}


def paid(
    service: TurnwiseService, row: dict[str, Any], messages: list[dict[str, str]], turns: list[Any], answer: str | None
) -> dict[str, Any]:
    target = row["reward_model"]["ground_truth"]["target"]
    answers = [target] if isinstance(target, str) else [str(one) for one in target]
    group = {
        "question": {"id": str(row.get("index", 0)), "text": str(messages[-1]["content"]), "answers": answers},
        "trajectories": [
            {"turns": turns, "answer": answer, "stopReason": "answered" if answer is not None else "turn-limit"}
        ],
    }
    return service.turn_rewards(group, os.environ.get("TURNWISE_STRATEGY", "tspo"))
