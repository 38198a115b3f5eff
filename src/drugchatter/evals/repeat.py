"""Repeatability: the same questions, asked again in another order by a fresh process with another hash seed, give the
same bytes of JSON but for the time they took.

`python -m drugchatter.evals.repeat SEED` reads questions as JSON from stdin and prints a digest of each answer.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Sequence

from drugchatter.engine import open_engine
from drugchatter.errors import StoreError
from drugchatter.surfaces.answer_json import answer_to_dict, dumps
from drugchatter.types import Answer, Question

TIMES = 5


def differing(questions: Sequence[Question], times: int = TIMES) -> list[int]:
    """Positions of the questions that do not get the same answer each of `times` times; the edition that the
    environment names answers. Raises StoreError when a pass fails."""
    passes = [_apart(questions, seed) for seed in range(1, times + 1)]
    return [position for position, digests in enumerate(zip(*passes, strict=True)) if len(set(digests)) > 1]


def _apart(questions: Sequence[Question], seed: int) -> list[str]:
    """The digests of one pass in a process of its own."""
    asked = json.dumps([[question.text, question.turns, question.plain] for question in questions])
    done = subprocess.run(  # noqa: S603 - this interpreter, this module
        [sys.executable, "-m", "drugchatter.evals.repeat", str(seed)],
        input=asked,
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise StoreError(f"the questions could not be asked again: {done.stderr.strip()[-500:]}", "see the message")
    digests: list[str] = json.loads(done.stdout)
    return digests


def digests(questions: Sequence[Question], task: Callable[[Question], Answer], seed: int) -> list[str]:
    """A digest of each answer, by the position of its question, asked in an order that `seed` shuffles."""
    order = list(range(len(questions)))
    random.Random(seed).shuffle(order)  # noqa: S311 - no secret
    found = {position: digest(task(questions[position])) for position in order}
    return [found[position] for position in range(len(questions))]


def digest(answer: Answer) -> str:
    """SHA-256 of the answer's JSON without the time it took."""
    shown = {key: value for key, value in answer_to_dict(answer).items() if key != "elapsed_ms"}
    return hashlib.sha256(dumps(shown).encode()).hexdigest()


def main(arguments: list[str]) -> int:
    questions = [Question(text, tuple(turns), plain=plain) for text, turns, plain in json.load(sys.stdin)]
    print(json.dumps(digests(questions, open_engine().ask, int(arguments[0]))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
