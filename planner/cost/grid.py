"""Serving rates of many requests by name: the library's way to the closed form."""

from collections.abc import Sequence
from typing import TypeVar

from planner.documents import plain
from planner.errors import InputError, Problem
from planner.performance.constants import load_constants
from planner.performance.inputs import chip, transformer
from planner.performance.replica import Numbers, ServingRequest
from planner.performance.serving_grid import RateGrid, inference_rates
from planner.specs.accelerator import Accelerator
from planner.specs.catalogue import Catalogue
from planner.specs.model import Model
from planner.specs.structure import structure

S = TypeVar("S", Accelerator, Model)


def serving_rates(
    model: str,
    accelerator: str,
    prompt_tokens: Numbers,
    output_tokens: Numbers,
    *,
    precision: str | None = None,
    replica: int | None = None,
    cache_hit: Numbers = 0.0,
    concurrency: float | None = None,
    tpot_limit_s: float | None = None,
    ttft_limit_s: float | None = None,
    data_dirs: Sequence[str] = (),
) -> RateGrid:
    """Return the best rate of each request on one accelerator of the catalogue.

    Args:
        model: Name of a language model.
        accelerator: Name of an accelerator.
        prompt_tokens: Of each request; a number or an array.
        output_tokens: Of each request; shapes broadcast together.
        precision: None takes the best for each request.
        replica: Accelerators of a replica; None takes the best for each request.
        cache_hit: Share of the prompt that is found in the prefix cache.
        concurrency: Requests in flight per replica at most.
        tpot_limit_s: Largest time per output token.
        ttft_limit_s: Largest time to first token.
        data_dirs: Folders searched before the shipped one.

    Raises:
        InputError: A name is unknown, or its file is wrong.
    """
    catalogue = Catalogue.of(data_dirs)
    problems: list[Problem] = []
    used = _read(catalogue, "hardware", accelerator, Accelerator, problems)
    served = _read(catalogue, "scenarios/models", model, Model, problems)
    if used is None or served is None:
        raise InputError(problems)
    request = ServingRequest(
        prompt_tokens,
        output_tokens,
        cache_hit,
        tpot_limit_s,
        ttft_limit_s,
        replica,
        concurrency,
    )
    constants = load_constants().inference
    return inference_rates(
        transformer(served), chip(used), precision, request, constants
    )


def _read(
    catalogue: Catalogue,
    kind: str,
    name: str,
    cls: type[S],
    problems: list[Problem],
) -> S | None:
    """Return a file of the catalogue; None with problems."""
    document = catalogue.load(kind, name, problems)
    if document is None:
        hint = catalogue.hint(kind, name)
        missing = Problem("", 0, 0, "", f"{name!r} is not in the catalogue", hint=hint)
        problems.append(missing)
        return None
    return structure(cls, document.root, plain(document.root), problems)
