"""Run against a service: TURNWISE_URL=http://127.0.0.1:8000 python -m unittest discover -s tests

The service: `turnwise serve --only credit`. verl itself is used where it is installed and skipped elsewhere.
"""

import asyncio
import importlib.util
import threading
import types
import unittest
from unittest import mock
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import torch

from turnwise_verl.estimator import turnwise_advantages
from turnwise_verl.service import TurnwiseError, TurnwiseService
from turnwise_verl.spans import place_turn_rewards, turn_spans


class Spans(unittest.TestCase):
    def test_runs_of_ones(self):
        self.assertEqual(turn_spans(torch.tensor([1, 1, 0, 0, 1, 0])), [(0, 2), (4, 5)])
        self.assertEqual(turn_spans(torch.tensor([0, 1, 1])), [(1, 3)])
        self.assertEqual(turn_spans(torch.zeros(4)), [])
        self.assertEqual(turn_spans(torch.ones(3)), [(0, 3)])

    def test_rewards_stand_on_last_tokens(self):
        mask = torch.tensor([1, 1, 0, 1, 0, 0])
        self.assertEqual(place_turn_rewards(mask, [0.5, 1]).tolist(), [0, 0.5, 0, 1, 0, 0])
        with self.assertRaisesRegex(ValueError, "1 turn rewards for 2 turns"):
            place_turn_rewards(mask, [1])


def batch(*rows):
    """[(uid, rewards)]: every turn has two tokens of the policy and one of an observation; padded to one length."""
    width = max(3 * len(rewards) for _, rewards in rows) + 2
    masks = torch.zeros(len(rows), width, dtype=torch.int64)
    scores = torch.zeros(len(rows), width)
    for i, (_, rewards) in enumerate(rows):
        for turn in range(len(rewards)):
            masks[i, 3 * turn : 3 * turn + 2] = 1
        scores[i] = place_turn_rewards(masks[i], rewards)
    return scores, masks, np.array([uid for uid, _ in rows], dtype=object)


class Estimator(unittest.TestCase):
    def test_tspo_credits_the_turn_that_found_gold(self):
        # All wrong; the first found gold in its first turn: alpha 0.5 there. Turn 0: mean 0.25, turn 1 flat.
        scores, masks, index = batch(("q", [0.5, 0.0]), ("q", [0.0, 0.0]))
        advantages, returns = turnwise_advantages(scores, masks, index, strategy="tspo-careful")
        expected = torch.zeros_like(scores)
        expected[0, 0:2], expected[1, 0:2] = 0.5, -0.5  # minus the mean of the others
        torch.testing.assert_close(advantages, expected)
        torch.testing.assert_close(returns, advantages)

    def test_grpo_equals_its_formula(self):
        torch.manual_seed(7)
        rows = [(uid, [0.0] * turns + [float(right)]) for uid, turns, right in
                [("a", 0, 1), ("a", 2, 0), ("a", 1, 0), ("b", 1, 1), ("b", 1, 1), ("c", 0, 0)]]
        scores, masks, index = batch(*rows)
        advantages, _ = turnwise_advantages(scores, masks, index, strategy="grpo")
        outcomes = scores.sum(-1)
        for uid in "abc":
            members = [i for i, name in enumerate(index) if name == uid]
            group = outcomes[members]
            spread = group.std() if len(members) > 1 else torch.tensor(0.0)
            for i in members:
                value = (outcomes[i] - group.mean()) / (spread + 1e-6) if spread > 0 else torch.tensor(0.0)
                torch.testing.assert_close(advantages[i], masks[i] * value, rtol=1e-4, atol=1e-5)

    def test_masked_tokens_and_empty_rows_get_nothing(self):
        scores, masks, index = batch(("q", [0.5, 0.0]), ("q", [0.0, 0.0]), ("q", []))
        advantages, _ = turnwise_advantages(scores, masks, index, strategy="tspo")
        self.assertTrue((advantages[masks == 0] == 0).all())
        self.assertTrue((advantages[2] == 0).all())

    def test_groups_of_one_teach_nothing(self):
        scores, masks, index = batch(("q", [0.5, 1.0]))
        advantages, _ = turnwise_advantages(scores, masks, index, strategy="grpo")
        self.assertTrue((advantages == 0).all())

    def test_fails_closed(self):
        scores, masks, index = batch(("q", [1.0]))
        with self.assertRaisesRegex(TurnwiseError, "There is no strategy"):
            turnwise_advantages(scores, masks, index, strategy="nonsense")
        nobody = TurnwiseService(url="http://127.0.0.1:9", tries=2, pause=0.01, timeout=1)
        with self.assertRaises(TurnwiseError):
            turnwise_advantages(scores, masks, index, service=nobody)
        scores[0, 1] = float("nan")
        with self.assertRaisesRegex(TurnwiseError, "not finite"):
            turnwise_advantages(scores, masks, index)


class Replies(BaseHTTPRequestHandler):
    scripted: list = []
    seen = 0

    def do_POST(self):
        Replies.seen += 1
        status, body = Replies.scripted.pop(0)
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Service(unittest.TestCase):
    def ask(self, *replies):
        server = HTTPServer(("127.0.0.1", 0), Replies)
        Replies.scripted, Replies.seen = list(replies), 0
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            service = TurnwiseService(url=f"http://127.0.0.1:{server.server_port}", tries=3, pause=0.01)
            return service.turn_advantages([{"group": "q", "turns": [1.0]}], "tspo")
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def test_tries_again_what_passes(self):
        good = (200, b'{"rows": [{"turns": [0.5]}]}')
        self.assertEqual(self.ask((503, b"{}"), (200, b'{"rows'), good), [[0.5]])
        self.assertEqual(Replies.seen, 3)

    def test_gives_up_on_what_stays(self):
        with self.assertRaisesRegex(TurnwiseError, "400 rows are wrong"):
            self.ask((400, b'{"error": {"message": "rows are wrong"}}'))
        self.assertEqual(Replies.seen, 1)
        with self.assertRaises(TurnwiseError):
            self.ask(*[(503, b"{}")] * 3)

    def test_refuses_a_reply_of_another_shape(self):
        with self.assertRaisesRegex(TurnwiseError, "other rows or turns"):
            self.ask((200, b'{"rows": [{"turns": [0.5, 1]}]}'))


@unittest.skipUnless(importlib.util.find_spec("verl"), "verl is not installed")
class Verl(unittest.TestCase):
    def test_verl_finds_the_estimator(self):
        import turnwise_verl.register  # noqa: F401
        from verl.trainer.ppo.core_algos import get_adv_estimator_fn

        self.assertIs(get_adv_estimator_fn("turnwise"), turnwise_advantages)

    def test_the_output_carries_turn_rewards(self):
        from turnwise_verl.agent_loop import TurnRewardOutput
        from verl.experimental.agent_loop.agent_loop import AgentLoopMetrics

        output = TurnRewardOutput(
            prompt_ids=[1],
            response_ids=[2, 3, 4, 5],
            response_mask=[1, 0, 1, 1],
            reward_score=1.0,
            metrics=AgentLoopMetrics(),
            extra_fields={"turn_rewards": [0.5, 1.0]},
        )
        self.assertEqual(output.as_dict()["rm_scores"].tolist(), [0.5, 0, 0, 1.0])

    def test_the_loop_searches_reads_answers_and_keeps_turns_apart(self):
        from turnwise_verl.agent_loop import TurnwiseSearchLoop

        script = iter(["<search> Beethoven </search>", "so <answer> Vienna </answer>"])
        asked = []

        async def generate(prompt_ids, sampling_params, request_id):
            asked.append((bytes(prompt_ids).decode(), sampling_params["stop"]))
            text = next(script)
            return types.SimpleNamespace(token_ids=list(text.encode()), log_probs=[-0.5] * len(text))

        async def initial(messages):
            return list(messages[0]["content"].encode())

        loop = TurnwiseSearchLoop.__new__(TurnwiseSearchLoop)
        loop.rollout_config = types.SimpleNamespace(response_length=500)
        loop.tokenizer = types.SimpleNamespace(
            encode=lambda text, add_special_tokens: list(text.encode()),
            decode=lambda tokens, skip_special_tokens: bytes(tokens).decode(),
        )
        loop.server_manager = types.SimpleNamespace(generate=generate)
        loop.ct_build_initial_tokens = initial
        real = TurnwiseService.post

        def post(service, path, body):
            if path != "/retrieve":
                return real(service, path, body)
            self.assertEqual(body, {"queries": ["Beethoven"], "topk": 3})
            return {"result": [[{"id": "1", "title": "Beethoven", "text": "Born in Bonn.", "contents": ""}]]}

        row = {
            "raw_prompt": [{"role": "user", "content": "Question: Where was Beethoven born?"}],
            "reward_model": {"ground_truth": {"target": ["Bonn"]}},
        }
        with mock.patch.object(TurnwiseService, "post", post):
            output = asyncio.run(loop.run({"temperature": 1.0}, **row))
        self.assertIn("Born in Bonn.", asked[1][0])
        observed = len("\n\n<information>Doc 1(Title: Beethoven) Born in Bonn.</information>\n\n")
        self.assertEqual(turn_spans(torch.tensor(output.response_mask)), [(0, 28), (28 + observed, 56 + observed)])
        self.assertEqual(output.extra_fields["turn_rewards"], [0.5, 0])  # gold in the first turn, wrong answer
        self.assertEqual(len(output.response_logprobs), len(output.response_ids))
        scores = output.as_dict()["rm_scores"]
        self.assertEqual((scores[27].item(), scores.sum().item()), (0.5, 0.5))


if __name__ == "__main__":
    unittest.main()
