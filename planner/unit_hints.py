"""Words about units for messages: what each measures, and what was meant."""

import difflib
import re
from collections.abc import Collection

PREFIXES = ("k", "M", "G", "T", "P", "E")

NOUNS = {
    "": "a share or a plain number",
    "W": "a power",
    "Wh": "an energy",
    "s": "a time",
    "month": "a calendar span",
    "1/month": "a rate per month, quarter or year",
    "USD": "an amount of money",
    "USD/h": "a price per hour",
    "USD/month": "an amount of money per month, quarter or year",
    "USD/Wh": "a price of energy",
    "USD/W": "a price of power",
    "USD/token": "a price per token",
    "USD/request": "a price per request",
    "USD/sample": "a price per sample",
    "USD/accelerator": "a price per accelerator",
    "USD/g": "a price of carbon",
    "g": "a mass of CO2",
    "g/Wh": "a carbon intensity",
    "B": "an amount of memory",
    "B/s": "a bandwidth",
    "B/token": "an amount of memory per token",
    "B/sample": "an amount of memory per sample",
    "B/request": "an amount of memory per request",
    "B/param": "an amount of memory per parameter",
    "FLOP": "an amount of computation",
    "FLOP/s": "a FLOP rate",
    "FLOP/token": "an amount of computation per token",
    "FLOP/sample": "an amount of computation per sample",
    "FLOP/request": "an amount of computation per request",
    "FLOP/B": "an arithmetic intensity",
    "FLOP/Wh": "an amount of computation per energy",
    "token": "a number of tokens",
    "token/s": "a token rate",
    "param": "a number of parameters",
    "request": "a number of requests",
    "request/s": "a request rate",
    "request/user/s": "a request rate per user",
    "sample": "a number of samples",
    "sample/s": "a sample rate",
    "sample/request": "a number of samples per request",
    "user": "a number of users",
    "node": "a number of nodes",
    "accelerator": "a number of accelerators",
    "W/accelerator": "a power per accelerator",
    "1/s": "a frequency",
    "1/node/s": "a failure rate",
    "1/accelerator/s": "a failure rate per accelerator",
}

_MEANT = {
    "watt": "W", "kwh": "kWh",
    "usd": "USD", "dollar": "USD", "$": "USD",
    "byte": "B", "flop": "FLOP", "flops": "FLOP/s", "op": "FLOP", "ops": "FLOP/s",
    "tok": "token", "params": "param", "parameter": "param", "req": "request",
    "rps": "request/s", "qps": "request/s", "sec": "s", "second": "s", "minute": "min",
    "hr": "hour", "d": "day", "mo": "month", "mon": "month",
    "q": "quarter", "y": "year", "yr": "year", "a": "year",
    "gpu": "accelerator", "chip": "accelerator", "device": "accelerator",
    "card": "accelerator", "tpu": "accelerator", "host": "node", "server": "node",
    "ton": "t", "gram": "g", "tco2": "t", "tco2e": "t", "gco2": "g", "gco2e": "g",
    "percent": "%", "pct": "%",
}  # fmt: skip

_REMARKS = {
    "eur": "money is in USD", "€": "money is in USD", "gbp": "money is in USD",
    "£": "money is in USD", "j": "energy is in Wh, 3600 J = 1 Wh",
    "joule": "energy is in Wh, 3600 J = 1 Wh", "week": "write 7 day",
}  # fmt: skip

_BINARY = re.compile(r"([KkMGTPE])iB?")
_BITS = re.compile(r"([kKMGTPE]?)(?:b|bit|bits|bps)")
_FLOPS = re.compile(r"([kKMGTPE]?)FLOPs")
_KILO = re.compile(r"^K")


def hint_for(atom: str, known: Collection[str]) -> str:
    """Return `` (write …)`` for a text that is no unit, or nothing.

    Args:
        atom: The part of a unit that is unknown, e.g. ``GiB``.
        known: Every unit there is.
    """
    meant = _measured(atom) or _worded(atom, known) or _near(atom, known)
    return f" ({meant})" if meant else ""


def _measured(atom: str) -> str:
    """Return the hint for units that are not what they seem: GiB, bits, FLOPs."""
    if binary := _BINARY.fullmatch(atom):
        prefix = _KILO.sub("k", binary[1])
        factor = 1.024 ** (PREFIXES.index(prefix) + 1)
        return f"write {prefix}B: 1 {prefix.upper()}iB = {factor:.12g} {prefix}B"
    if bits := _BITS.fullmatch(atom):
        unit = f"{_KILO.sub('k', bits[1])}B" + ("/s" if atom.endswith("bps") else "")
        return f"bits are not used: write {unit}, 8 {atom} = 1 {unit}"
    if flops := _FLOPS.fullmatch(atom):
        unit = f"{_KILO.sub('k', flops[1])}FLOP"
        return f"write {unit}, or {unit}/s for a rate"
    return ""


def _worded(atom: str, known: Collection[str]) -> str:
    """Return the hint for a word, a plural or a foreign sign of a known unit."""
    if atom in PREFIXES or atom == "K":
        return "a prefix needs its unit, e.g. MUSD"
    for prefix in ("", *PREFIXES, "K"):
        word = atom[len(prefix) :].lower()
        if not atom.startswith(prefix):
            continue
        if remark := _REMARKS.get(word) or _REMARKS.get(word.removesuffix("s")):
            return remark
        meant = _MEANT.get(word) or _MEANT.get(word.removesuffix("s"), "")
        plural = atom[len(prefix) :].removesuffix("s")
        meant = meant or (plural if plural != atom and plural in known else "")
        whole = _KILO.sub("k", prefix) + meant
        if meant and whole.split("/")[0] in known:
            return f"write {whole}"
    return ""


def _near(atom: str, known: Collection[str]) -> str:
    """Return the hint for a slip of case or of a letter."""
    same = sorted(unit for unit in known if unit.lower() == atom.lower())
    near = same or difflib.get_close_matches(atom, sorted(known), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else ""
