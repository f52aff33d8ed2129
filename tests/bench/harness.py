"""What the benchmarks share: how programs are built and measured, and what is made of the figures."""

import json
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build/release"


def build(*targets):
    subprocess.run([ROOT / "scripts/install_dependencies", "--bench"], check=True)
    for step in (["cmake", "--preset", "release"],
                 ["cmake", "--build", "--preset", "release", "--target", *targets]):
        subprocess.run(step, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def run_measured(words, output, environment=None):
    """What a command took, as the kernel says: wall, user, system, cpu (seconds), peak_kib,
    exit_code. What it prints goes to `output`, a file or subprocess.DEVNULL. `environment` is all of
    its environment, if given."""
    read_end, write_end = os.pipe()
    process = subprocess.Popen(
        [BUILD / "tests/bench_measure", *map(str, words)], stdout=output,
        preexec_fn=lambda: os.dup2(write_end, 3), pass_fds=(3, write_end),
        env=environment)
    os.close(write_end)
    with os.fdopen(read_end) as figures_file:
        text = figures_file.read()
    process.wait()
    figures = json.loads(text) if text else {"exit_code": 127, "user": 0, "system": 0}
    figures["cpu"] = round(figures["user"] + figures["system"], 4)
    return figures


def medians(runs):
    return {what: statistics.median(run[what] for run in runs)
            for what in ("wall", "cpu", "peak_kib")}


def ratio(ours, theirs, what):
    """The median of the rounds' own ratios."""
    return round(statistics.median(our_run[what] / max(their_run[what], 1e-4)
                                   for our_run, their_run in zip(ours, theirs)), 3)


def must_agree(told, what):
    """Ends the benchmark if programs, by name, do not tell the same number."""
    if len(set(told.values())) > 1:
        sys.exit(f"scripts/bench: they do not agree in the number of {what}: {told}")
