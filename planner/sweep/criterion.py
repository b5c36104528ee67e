"""What a robust plan is after: the mean, the mean of the worst, or the least regret."""

import re
from collections.abc import Sequence

import numpy as np

from planner.documents import suggest
from planner.errors import UsageError
from planner.formulation.arrays import INFINITY, Arrays, Floats
from planner.records import dataclass
from planner.sweep.blocks import with_rows
from planner.sweep.two_stage import TwoStage

KINDS = ("expected", "cvar", "regret")
_TEXT = re.compile(r"(\w+)(?::(.*))?")


@dataclass(frozen=True, slots=True)
class Criterion:
    """How the results of all alternatives become one number, less being better.

    Attributes:
        kind: One of ``KINDS``.
        level: Of ``cvar``: the share of outcomes that do not count, above 0, below 1.
    """

    kind: str
    level: float | None = None

    @property
    def text(self) -> str:
        """Return it as ``--robust`` takes it."""
        return self.kind if self.level is None else f"{self.kind}:{self.level:g}"

    def of(
        self,
        losses: Sequence[float],
        probabilities: Sequence[float],
        best: Sequence[float],
    ) -> float:
        """Return the one number of the losses in all alternatives.

        Args:
            losses: Of each alternative.
            probabilities: Of each alternative.
            best: Least loss of each alternative, if it alone were planned for.
        """
        if self.kind == "regret":
            return max(one - least for one, least in zip(losses, best, strict=True))
        level = 0.0 if self.level is None else self.level
        return tail_mean(losses, probabilities, level)


def tail_mean(
    losses: Sequence[float], probabilities: Sequence[float], level: float
) -> float:
    """Return the mean of the worst losses, those of the last 1 − level."""
    left, total = 1 - level, 0.0
    for loss, p in sorted(zip(losses, probabilities, strict=True), reverse=True):
        taken = min(p, left)
        total += taken * loss
        left -= taken
    return total / (1 - level)


def criterion_of(text: str) -> Criterion:
    """Return the criterion of a text: ``expected``, ``cvar:0.9`` or ``regret``.

    Raises:
        UsageError: It is none.
    """
    found = _TEXT.fullmatch(text.strip())
    kind, level = (found[1], found[2]) if found else (text, None)
    if kind not in KINDS:
        hint = suggest(kind, KINDS)
        msg = f"--robust {text}: write expected, cvar:0.9 or regret"
        raise UsageError(f"{msg} ({hint})" if hint else msg)
    if kind != "cvar":
        if level is not None:
            msg = f"--robust {text}: {kind} takes no number; write {kind}"
            raise UsageError(msg)
        return Criterion(kind)
    share = _share(level or "")
    if share is None:
        msg = (
            f"--robust {text}: cvar needs a number above 0 and below 1, the share of "
            "outcomes that do not count; write e.g. cvar:0.9"
        )
        raise UsageError(msg)
    return Criterion(kind, share)


def _share(text: str) -> float | None:
    try:
        share = float(text)
    except ValueError:
        return None
    return share if 0 < share < 1 else None


def with_criterion(
    two: TwoStage, criterion: Criterion, best: Sequence[float]
) -> tuple[Arrays, list[Floats]]:
    """Return the program of all alternatives, and the objectives before its own.

    Its own is the expected loss. With cvar at level a (Rockafellar and Uryasev)

        minimise η + Σ_k p_k/(1 − a)·s_k,   s_k ≥ loss_k − η,  s_k ≥ 0,  η free

    comes before it, with regret the largest of loss_k − best_k.

    Args:
        two: The program of all alternatives.
        criterion: What is minimised.
        best: Least loss of each alternative alone [MUSD].
    """
    if criterion.kind == "expected":
        return two.arrays, []
    first, count = two.columns, len(two.alternatives)
    over, share = np.arange(first + 1, first + 1 + count), 1 - (criterion.level or 0.0)
    if criterion.kind == "cvar":
        p = np.array([each.probability for each in two.alternatives])
        prices = np.append(1.0, p / share)
        columns = np.append(-INFINITY, np.zeros(count)), np.full(count + 1, INFINITY)
    else:
        prices, columns = np.ones(1), (np.zeros(1), np.full(1, INFINITY))
    rows = []
    for k, (each, (index, musd)) in enumerate(
        zip(two.alternatives, two.losses(), strict=True)
    ):
        extra = [first] if criterion.kind == "regret" else [first, over[k]]
        least = best[k] if criterion.kind == "regret" else 0.0
        rows.append(
            (
                np.append(index, extra),
                np.append(musd, np.full(len(extra), -1.0)),
                least - each.constant_musd,
            )
        )
    before = np.append(np.zeros(first), prices / prices.max())
    return with_rows(two.arrays, columns, rows), [before]
