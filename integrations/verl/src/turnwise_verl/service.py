"""The client of `turnwise serve`: JSON over HTTP, retried, and failing closed."""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.error
import urllib.request
from typing import Any

# Worth another try: the service is busy, draining, restarting or slow. Everything else is a mistake that stays one.
RETRIED = {429, 502, 503, 504}


class TurnwiseError(RuntimeError):
    """The service did not give what was asked for. Nothing may be trained on in its place."""


class TurnwiseService:
    """
    Args:
        url: Default: the environment variable TURNWISE_URL, else http://127.0.0.1:8000.
        token: Default: TURNWISE_TOKEN, else none.
        timeout: Seconds one try may take.
        tries: Tries of one request, at least 1.
        pause: Seconds before the second try; doubles with each further one.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        timeout: float = 60,
        tries: int = 5,
        pause: float = 0.5,
    ):
        self.url = (url or os.environ.get("TURNWISE_URL") or "http://127.0.0.1:8000").rstrip("/")
        self.token = token or os.environ.get("TURNWISE_TOKEN")
        self.timeout, self.tries, self.pause = timeout, tries, pause

    def post(self, path: str, body: Any) -> Any:
        """The reply to a request. Raises TurnwiseError; every request is pure, so trying again is safe."""
        headers = {"content-type": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        data = json.dumps(body, allow_nan=False).encode()
        problem = ""
        for attempt in range(self.tries):
            if attempt > 0:
                time.sleep(self.pause * 2 ** (attempt - 1))
            try:
                request = urllib.request.Request(self.url + path, data=data, headers=headers, method="POST")
                with urllib.request.urlopen(request, timeout=self.timeout) as reply:
                    return json.load(reply)
            except urllib.error.HTTPError as error:
                problem = f"{error.code} {message_of(error)}"
                if error.code not in RETRIED:
                    break
            except (OSError, ValueError, http.client.HTTPException) as error:  # no connection, a time-out, a reply that is cut off
                problem = str(error)
        raise TurnwiseError(f"{self.url}{path}: {problem}")

    def turn_rewards(self, group: dict[str, Any], strategy: str) -> dict[str, Any]:
        """Rewards of a group of one trajectory: {outcome, correct, turns}."""
        reply = self.post("/v1/rewards", {"strategy": strategy, "groups": [group]})
        return reply["groups"][0]["shaped"][0]

    def turn_advantages(self, rows: list[dict[str, Any]], strategy: str) -> list[list[float]]:
        """One list of turn advantages for each row, checked against the rows."""
        reply = self.post("/v1/advantages", {"strategy": strategy, "rows": rows})
        turns = [row["turns"] for row in reply["rows"]]
        if [len(row) for row in turns] != [len(row["turns"]) for row in rows]:
            raise TurnwiseError(f"{self.url}/v1/advantages: the reply has other rows or turns than the request")
        return turns


def message_of(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["error"]["message"])
    except (OSError, ValueError, KeyError, TypeError):
        return str(error.reason)
