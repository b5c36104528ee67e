"""``planner cost``: estimates outside of a plan; the options of ``cost training``."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from planner.cli.options import (
    DataDirs,
    Debug,
    Json,
    Overrides,
    Quiet,
    Terminal,
    Verbose,
)

cost = typer.Typer(
    help="What a training run, or a unit of serving, costs.", no_args_is_help=True
)


class Method(StrEnum):
    """Which weights learn."""

    pretraining = "pretraining"
    fine_tuning = "fine_tuning"
    lora = "lora"


class Setting(StrEnum):
    """What kind of run it is."""

    production = "production"
    benchmark = "benchmark"


def _text(name: str, metavar: str, text: str) -> Any:
    return typer.Option(name, metavar=metavar, help=text, show_default=False)


@cost.command("training")
def training(
    run: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN", help="A file of runs; '-' for stdin; else flags describe it."
        ),
    ] = None,
    *,
    model: Annotated[
        str | None, _text("--model", "NAME", "A model of the catalogue.")
    ] = None,
    parameters: Annotated[
        str | None,
        _text("--parameters", "COUNT", "Instead of a model, e.g. 70Gparam."),
    ] = None,
    active_parameters: Annotated[
        str | None,
        _text("--active-parameters", "COUNT", "Those that one token passes."),
    ] = None,
    tokens: Annotated[
        str | None, _text("--tokens", "COUNT", "To train on, e.g. 15Ttoken.")
    ] = None,
    sequence_length: Annotated[
        str | None, _text("--sequence-length", "COUNT", "E.g. 8192token.")
    ] = None,
    precision: Annotated[
        str | None, _text("--precision", "NAME", "bf16, fp16, fp8 or fp4.")
    ] = None,
    method: Annotated[
        Method | None, _text("--method", "NAME", "pretraining, fine_tuning or lora.")
    ] = None,
    setting: Annotated[
        Setting | None, _text("--setting", "NAME", "production or benchmark.")
    ] = None,
    accelerators: Annotated[
        list[str],
        _text(
            "--accelerator", "NAME", "One, or several to compare; repeatable; or 'all'."
        ),
    ] = [],  # noqa: B006 - Typer copies it
    count: Annotated[str | None, _text("--count", "COUNT", "Accelerators.")] = None,
    days: Annotated[
        str | None, _text("--days", "DAYS", "Time it may take, to be told the count.")
    ] = None,
    counts: Annotated[
        str | None,
        _text("--counts", "COUNTS", "A table: '2048..65536 doubling' or 1024,4096."),
    ] = None,
    start: Annotated[
        str | None, _text("--start", "DATE", "With --deadline: first day.")
    ] = None,
    deadline: Annotated[
        str | None,
        _text("--deadline", "DATE", "Date it must be done by; names the cheapest."),
    ] = None,
    project_multiplier: Annotated[
        float | None,
        _text(
            "--project-multiplier",
            "FACTOR",
            "Compute of the whole project, ablations and failed runs included, over "
            "this run's; published are 1.6 to 5.6.",
        ),
    ] = None,
    overrides: Overrides = [],  # noqa: B006
    data_dirs: DataDirs = [],  # noqa: B006
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Print what a training run takes: time, energy and money, low, base and high."""
    from planner.cli.cost_training import Request, run_training  # noqa: PLC0415  # heavy

    flags = {
        "model": model,
        "parameters": parameters,
        "active_parameters": active_parameters,
        "tokens": tokens,
        "sequence_length": sequence_length,
        "precision": precision,
        "method": None if method is None else method.value,
        "setting": None if setting is None else setting.value,
        "accelerator": accelerators or None,
        "count": count,
        "days": days,
    }
    request = Request(
        path=run,
        flags={key: value for key, value in flags.items() if value is not None},
        counts=counts,
        start=start,
        deadline=deadline,
        project_multiplier=project_multiplier,
        overrides=tuple(overrides),
        data_dirs=tuple(data_dirs),
    )
    raise typer.Exit(run_training(request, Terminal(as_json, quiet, verbose, debug)))
