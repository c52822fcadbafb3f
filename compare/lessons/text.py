"""The lesson on a page of text: a small GPT.

The page is the opening of Lewis Carroll's Alice's Adventures in Wonderland
(1865), in the public domain, as it stands in `alice29.txt` of the Canterbury
Corpus, which is the Millennium Fulcrum Edition 2.9.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from compare.lessons.linear import mixed
from compare.lessons.own_data import own_problem
from compare.lessons.planes import ADAM
from compare.lessons.transformer import gpt_forward, next_character_error
from compare.records.note import marked
from compare.records.picture import Images, Picture
from compare.records.problem import Problem, Settings
from compare.records.runs import Trajectory

FILE = Path(__file__).parent / "data" / "alice.txt"

CONTEXT = 16
"""Characters that are seen at once."""

STRIDE = 8
"""Characters from one row's begin to the next: rows overlap by half."""

WIDTH = 32
HEADS = 2
HIDDEN_UNITS = 64

HEAD_TITLES = (
    marked("Attention of the first head: each row is a character"),
    marked("Attention of the second head"),
)


def gpt(settings: Settings) -> Problem:
    """Learn to tell the next character of a page, and write on."""
    codes, characters = coded(page())
    starts = np.arange(0, len(codes) - CONTEXT, STRIDE)
    places = starts[:, None] + np.arange(CONTEXT)
    x, y = mixed(codes[places], codes[places + 1])
    return own_problem(
        settings,
        "gpt",
        "A small GPT: attention, and a text that it writes",
        "The opening of Alice's Adventures in Wonderland",
        x,
        y,
        _first_parameters(len(characters)),
        next_character_error,
        epochs=10,
        batch_size=32,
        learning_rate=0.01,
        hyper={
            **ADAM,
            "norm_epsilon": 1e-3,
            "prompt": codes[:CONTEXT],
            "text_length": 30,
        },
        compared=("text",),
        picture=text_and_attention,
    )


def text_and_attention(problem: Problem, run: Trajectory) -> Picture:
    """Show the text that was written, and where each head looks."""
    _, characters = coded(page())
    prompt = "".join(characters[code] for code in problem.prompt)
    written = "".join(characters[code] for code in run.results["text"])
    _, shares = gpt_forward(run.results, problem.prompt[None])
    names = tuple(character.replace(" ", "␣") for character in prompt)
    heads = tuple(
        Images(
            title,
            share[None],
            rows=names,
            columns=names,
            across=marked("what it looks at"),
        )
        for title, share in zip(HEAD_TITLES, shares[0], strict=True)
    )
    return Picture(
        images=heads,
        texts=(
            (
                marked("What it writes behind the first words of the page:"),
                f"{prompt}|{written}",
            ),
        ),
    )


def page() -> str:
    """Return the page in small letters, with single spaces between words.

    There are fewer characters to learn then, in so short a training.
    """
    return " ".join(FILE.read_text(encoding="utf-8").lower().split())


def coded(text: str) -> tuple[np.ndarray, str]:
    """Return the number of each character, and the characters in order."""
    characters = "".join(sorted(set(text)))
    codes = [characters.index(character) for character in text]
    return np.array(codes, "int32"), characters


def _first_parameters(characters: int) -> dict[str, np.ndarray]:
    """Draw embeddings and kernels; norms begin by changing nothing."""
    generator = np.random.default_rng(0)

    def normal(*shape: int) -> np.ndarray:
        return generator.normal(0, 0.1, shape)

    split = (WIDTH, HEADS, WIDTH // HEADS)
    return {
        "token_embedding": normal(characters, WIDTH),
        "position_embedding": normal(CONTEXT, WIDTH),
        "attention_gamma": np.ones(WIDTH),
        "attention_beta": np.zeros(WIDTH),
        "query_kernel": normal(*split),
        "key_kernel": normal(*split),
        "value_kernel": normal(*split),
        "attention_kernel": normal(HEADS, WIDTH // HEADS, WIDTH),
        "hidden_gamma": np.ones(WIDTH),
        "hidden_beta": np.zeros(WIDTH),
        "hidden_kernel": normal(WIDTH, HIDDEN_UNITS),
        "hidden_bias": np.zeros(HIDDEN_UNITS),
        "back_kernel": normal(HIDDEN_UNITS, WIDTH),
        "back_bias": np.zeros(WIDTH),
        "output_gamma": np.ones(WIDTH),
        "output_beta": np.zeros(WIDTH),
        "output_kernel": normal(WIDTH, characters),
        "output_bias": np.zeros(characters),
    }
