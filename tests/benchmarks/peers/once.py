"""``python -m tests.benchmarks.peers.once``: one contender in a process of its own.

Prints one line of JSON. Its library is imported, and has made the smallest model
once, before any clock starts.
"""

import argparse
import gc
import json
import pickle
import resource
import sys
import time
from importlib import import_module
from pathlib import Path
from types import ModuleType

WARM_UP = "1e2"


def main() -> None:
    """Build and hand over as often as is asked; print what it took."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.peers.once")
    parser.add_argument("name")
    parser.add_argument("folder", type=Path)
    parser.add_argument("size")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--solve", action="store_true")
    asked = parser.parse_args()
    module = import_module(f"tests.benchmarks.peers.{asked.name}")
    _timed(module, asked.folder, WARM_UP)
    before_mib, peak_mib, found = peak(), 0.0, []
    for _ in range(asked.repeats):
        build_s, hand_over_s, loaded = _timed(module, asked.folder, asked.size)
        peak_mib = peak_mib or peak()
        found.append((build_s + hand_over_s, build_s, hand_over_s))
    found.sort()
    _, build_s, hand_over_s = found[len(found) // 2]
    report = {
        "build_s": build_s,
        "hand_over_s": hand_over_s,
        "before_mib": before_mib,
        "peak_mib": peak_mib,
        "shape": module.shape(loaded),
        "optimum_musd": module.optimum(loaded) if asked.solve else None,
    }
    sys.stdout.write(f"\n{json.dumps(report)}\n")


def _timed(module: ModuleType, folder: Path, size: str) -> tuple[float, float, object]:
    """Return what building and handing over cost [CPU s], and what came of it."""
    kind = getattr(module, "SOURCE", "data")
    data = pickle.loads((folder / f"{size}.{kind}").read_bytes())  # noqa: S301  # ours
    gc.collect()
    began = time.process_time()
    model = module.build(data)
    built = time.process_time()
    loaded = module.hand_over(model)
    return built - began, time.process_time() - built, loaded


def peak() -> float:
    """Return the most memory that this process has held [MiB]."""
    status = Path("/proc/self/status")
    if status.exists():  # a child of vfork begins with its parent's ru_maxrss
        lines = status.read_text(encoding="utf-8").splitlines()
        (line,) = (line for line in lines if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 1024


if __name__ == "__main__":
    main()
