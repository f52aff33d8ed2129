"""Measures how nightshift scales on local captures, and prints tables.

    scripts/bench scaling                      all parts, three rounds
    scripts/bench scaling --parts sizes --sizes 10k,100k --rounds 1
    scripts/bench scaling --json FILE          the figures as JSON

  sizes     first sync and unchanged one of 10k to 5M captures in 200 folders: wall, CPU, memory and
            bytes per row, and CPU by capture
  shares    a million captures of which 0, 0.01, 1, 10 and 100 % were touched
  threads   our own listing of a million captures with 1, 2, 4 and 8 threads, warm and, where the
            kernel's caches may be dropped, cold
  shapes    first and unchanged sync of a million captures in one folder, of 300,000 folders of
            three, of folders 100 deep, and of 10,000 deployments in one job file

Medians over the rounds. The numbers of captures are checked.
"""

import argparse
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys

from harness import (BUILD, ROOT, SIZES, TARGETS, build, make_tree, medians, must_agree, reported,
                     run_measured, touch_some, write_job_file)

SHARES = (0, 0.0001, 0.01, 0.1, 1)
THREADS = (1, 2, 4, 8)
MIB = 1024  # KiB


class Site:
    """A tree, and where nightshift keeps what it knows of it. `folders` are the deployments'."""

    def __init__(self, tree, place, folders):
        self._place = place
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        write_job_file(place, tree, folders)

    def sync(self, captures):
        figures = run_measured([BUILD / "bin/nightshift", "run", self._place / "job.yaml", "--quiet"],
                               subprocess.DEVNULL)
        if figures["exit_code"] != 0:
            sys.exit(f"scripts/bench: nightshift ended with {figures['exit_code']}")
        with sqlite3.connect(f"file:{self._place}/catalogue.db?mode=ro", uri=True) as catalogue:
            present = catalogue.execute(
                "SELECT count(*) FROM captures WHERE state = 'present'").fetchone()[0]
        must_agree({"made": captures, "nightshift": present}, "captures")
        return figures

    def changed(self):
        return reported(self._place)["changed"]

    def bytes_per_capture(self, captures):
        return (self._place / "catalogue.db").stat().st_size / captures


def usual(place, size):
    return make_tree(place / f"captures-{size}", SIZES[size], 20, 10)


def top_folders(tree):
    return sorted(path.name for path in tree.iterdir())


def row(what, figures, captures):
    print(f"  {what:<34}{figures['wall']:>9.2f}{figures['cpu']:>9.2f}"
          f"{figures['cpu'] / captures * 1e6:>10.2f}{figures['peak_kib'] / MIB:>10.1f}")


def heading(text):
    print(f"\n{text}\n  {'':<34}{'wall s':>9}{'cpu s':>9}{'µs each':>10}{'peak MiB':>10}")


def first_and_unchanged(captures, rounds, remake):
    runs = {"first": [], "unchanged": []}
    for _ in range(rounds):
        site = remake()
        for phase in runs:
            runs[phase].append(site.sync(captures))
    return {phase: medians(of) for phase, of in runs.items()}, site.bytes_per_capture(captures)


def part_sizes(arguments, place):
    result = {}
    heading("sizes")
    for size in arguments.sizes.split(","):
        tree = usual(place, size)
        told, row_bytes = first_and_unchanged(
            SIZES[size], arguments.rounds,
            lambda tree=tree: Site(tree, place / "work", top_folders(tree)))
        for phase, figures in told.items():
            row(f"{size} {phase}", figures, SIZES[size])
        print(f"  {size}: {row_bytes:.1f} bytes per capture")
        result[size] = {**told, "bytes_per_capture": round(row_bytes, 1)}
    return result


def part_shares(arguments, place):
    size = "1M"
    tree = usual(place, size)
    site = Site(tree, place / "work", top_folders(tree))
    site.sync(SIZES[size])
    result = {}
    heading("shares of a million captures touched")
    for number, share in enumerate(SHARES):
        runs = []
        for attempt in range(arguments.rounds):
            touched = touch_some(tree, share, number * 10 + attempt)
            runs.append(site.sync(SIZES[size]))
            must_agree({"touched": touched, "nightshift": site.changed()}, "captures that changed")
        result[share] = medians(runs)
        row(f"{share:.2%}", result[share], SIZES[size])
    return result


def drop_caches():
    try:
        subprocess.run(["sync"], check=True)
        pathlib.Path("/proc/sys/vm/drop_caches").write_text("3")
        return True
    except OSError:
        return False


def part_threads(arguments, place):
    size = "1M"
    tree = usual(place, size)
    result = {}
    heading("threads, listing alone")
    for state in ("warm", "cold"):
        for threads in THREADS:
            runs = []
            for _ in range(arguments.rounds):
                if state == "cold" and not drop_caches():
                    print("  cold: the kernel's caches cannot be dropped here")
                    return result
                runs.append(run_measured([BUILD / "tests/bench_list_only", tree, threads],
                                         subprocess.DEVNULL))
            result[f"{state} {threads}"] = medians(runs)
            row(f"{state}, {threads} threads", result[f"{state} {threads}"], SIZES[size])
    return result


def deep(place):
    """1,000 captures in each of 100 folders, each within the one before."""
    tree = place / "captures-deep"
    stamp = place / "captures-deep.made"
    if not stamp.exists():
        print(f"making 100,000 captures in {tree} ...", file=sys.stderr)
        folder = tree
        for depth in range(100):
            folder = folder / f"d{depth:02}"
            make_tree(folder / "n", 1000, 1, 1, tell=False)
            (folder / "n.made").unlink()
        stamp.touch()
    return tree


def part_shapes(arguments, place):
    shapes = {
        "one folder": (lambda: make_tree(place / "captures-flat", 1_000_000, 1, 1), 1_000_000, None),
        "300,000 folders of three": (
            lambda: make_tree(place / "captures-folders", 900_000, 20, 15_000), 900_000, None),
        "100 deep": (lambda: deep(place), 100_000, [""]),
        "10,000 deployments": (
            lambda: make_tree(place / "captures-deployments", 200_000, 10_000, 2), 200_000, None),
    }
    result = {}
    heading("shapes")
    for name, (made, captures, folders) in shapes.items():
        tree = made()
        told, row_bytes = first_and_unchanged(
            captures, arguments.rounds,
            lambda tree=tree, folders=folders: Site(tree, place / "work",
                                                    folders or top_folders(tree)))
        for phase, figures in told.items():
            row(f"{name}, {phase}", figures, captures)
        result[name] = {**told, "bytes_per_capture": round(row_bytes, 1)}
    return result


PARTS = {"sizes": part_sizes, "shares": part_shares, "threads": part_threads, "shapes": part_shapes}


def main(words):
    parser = argparse.ArgumentParser(prog="scripts/bench scaling", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default=",".join(PARTS), help="comma-separated (%(default)s)")
    parser.add_argument("--sizes", default=",".join(SIZES), help="of part sizes (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=pathlib.Path, help="write the figures there as well")
    parser.add_argument("--place", type=pathlib.Path, default=ROOT / "build/bench",
                        help="where the captures and catalogues are made; kept (%(default)s)")
    arguments = parser.parse_args(words)
    parts = arguments.parts.split(",")
    if unknown := (set(parts) - set(PARTS)) | (set(arguments.sizes.split(",")) - set(SIZES)):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    place = arguments.place.resolve()
    place.mkdir(parents=True, exist_ok=True)
    build(*TARGETS)
    result = {part: PARTS[part](arguments, place) for part in parts}
    if arguments.json:
        arguments.json.write_text(json.dumps({"rounds": arguments.rounds, **result}, indent=2) + "\n")
