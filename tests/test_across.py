"""The same training in other environments: releases that were planted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import planted
import pytest

from compare.commands.main import main
from compare.pairs import across_speed
from compare.pairs.bisecting import between, bisect
from compare.records import UsageError
from compare.records.across import Trial
from compare.running import homes
from compare.showing.language import speaker
from compare.showing.reading import read_report
from compare.showing.telling.across import tell_across

RELEASES = {
    "9.0.1": "",
    "9.0.2": "",
    "9.0.3": planted.LONGER,
    "9.0.4": planted.SLOWER,
}


@pytest.fixture(autouse=True)
def local(tmp_path, monkeypatch):
    """Have pip find nothing but planted releases, and cache nothing else."""
    for number, change in RELEASES.items():
        planted.release(tmp_path, number, change)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def across(*words):
    return main(["across", "--modes", "graph", "--steps", "3", *words])


def test_the_release_that_changed_a_line_is_found_with_its_stage():
    """Equal releases give the same bits; the first that does not is named."""
    ends = "--with", "keras==9.0.1", "--with", "keras==9.0.3"
    assert across("--bisect", *ends) == 1
    found = read_report(Path("across.json")).across
    assert [(t.place, t.outcome) for t in found.bisection.trials] == [
        ("keras==9.0.3", "different"),
        ("keras==9.0.2", "identical"),
    ]
    assert found.bisection.after == "keras==9.0.3"
    by_hand, keras = (m.verdict for m in found.between)
    assert by_hand.outcome == "identical"
    assert keras.divergence.step == 1
    assert keras.diagnosis.parts_at.name == "update"
    for language in ("en", "ko"):
        assert list(tell_across(found, speaker(language)))


def test_a_function_of_ones_own_meets_another_interpreter(capsys, monkeypatch):
    """Another interpreter needs nothing of ours, and gives the same bits."""
    Path("mine.py").write_text(
        "import keras\n"
        "def fit(problem):\n"
        "    model = keras.Sequential([keras.layers.Dense(1)])\n"
        "    model.build((None, 1))\n"
        "    model.set_weights([problem.initial['w'].reshape(1, 1),"
        " problem.initial['b'].reshape(1)])\n"
        "    sgd = keras.optimizers.SGD(problem.learning_rate)\n"
        "    model.compile(sgd, 'mse')\n"
        "    x, y = problem.x.reshape(-1, 1), problem.y\n"
        "    model.fit(x, y, batch_size=len(x), epochs=problem.epochs,"
        " shuffle=False, verbose=0)\n"
        "    return model\n"
    )
    monkeypatch.setattr(across_speed, "FEWEST", 1)
    words = "mine.py:fit", "--python", sys.executable, "--time", "--quick"
    assert across(*words) == 0
    assert "identical" in capsys.readouterr().out
    (speed,) = read_report(Path("across.json")).across.speeds
    assert (speed.training, speed.paired.whole) == ("fit", False)
    assert len(speed.paired.factors) == 1


def test_a_slower_release_is_found_by_processes_that_take_turns(monkeypatch):
    """Only the side that became slower is, and the noise is told from it."""
    monkeypatch.setattr(across_speed, "FEWEST", 1)
    assert across("--with", "keras==9.0.4", "--time", "--quick") == 0
    found = read_report(Path("across.json")).across
    by_hand, keras = (speed.paired for speed in found.speeds)
    assert keras.factors[0] > 2 * max(by_hand.factors[0], keras.floor[0])
    for language in ("en", "ko"):
        assert list(tell_across(found, speaker(language)))


def test_what_is_no_environment_is_refused_in_a_sentence(
    tmp_path, capsys, monkeypatch
):
    """Each says what is wrong, and nothing is trained."""
    bare = str(tmp_path / "bare/bin/python")
    venv = [sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"]
    subprocess.run(venv, check=True)
    ends = "--with", "keras==9.0.1", "--with"
    Path("script.py").touch()
    monkeypatch.setattr(homes, "find_spec", lambda name: None)
    for words, said in {
        (): "name another environment",
        ("--python", "nowhere"): "nowhere is no program",
        ("--python", "/bin/true"): "/bin/true is no Python interpreter",
        ("--python", bare): "has no tensorflow and no keras",
        ("--with", "keras==8"): "pip cannot install keras==8",
        ("--bisect", *ends[:2]): "--bisect takes two",
        ("--bisect", *ends, "keras"): "not two releases of one package",
        ("--data", "x.csv", "--target", "y"): "for functions of your own",
        ("script.py", "--steps", "9"): "scripts bring their own data",
        ("--backend", "tensorflow"): "name another environment",
        ("--backend", "jax"): "Keras on jax has no graph mode",
        (
            "--backend",
            "tensorflow",
            "--backend",
            "torch",
            "--modes",
            "eager",
        ): "this environment has no torch: install it there",
        (
            "--bisect",
            *ends,
            "keras==9.0.2",
            "--backend",
            "tensorflow",
            "--backend",
            "jax",
            "--modes",
            "xla",
        ): "at most one --backend",
    }.items():
        assert across(*words) == 2
        text = capsys.readouterr().err
        assert said in text
        assert text.count("\n") == 1


def test_releases_between_two_are_those_that_pip_finds():
    """In either order; what else is asked for stays."""
    names = [f"keras=={number}" for number in sorted(RELEASES)]
    assert between(names[0], names[-1]) == names
    assert between(names[-1], names[0]) == names[::-1]
    first, last = (f"{name} numpy" for name in (names[1], names[2]))
    assert between(first, last) == [first, last]
    with pytest.raises(UsageError, match=r"no release 7\.0"):
        between("keras==7.0", names[0])


def test_halving_passes_over_what_cannot_be_installed():
    """It is left out; rounding counts where nothing worse is found."""

    def judge(name):
        if name == "r4":
            raise UsageError("pip cannot install r4")
        return "same mathematics" if name >= "r6" else "identical"

    found = bisect([f"r{i}" for i in range(9)], judge)
    assert (found.before, found.after) == ("r5", "r6")
    assert found.left_out == ("pip cannot install r4",)
    assert found.trials[0] == Trial("r8", "same mathematics")
    with pytest.raises(UsageError, match="nothing to find"):
        bisect(["r0", "r1", "r2"], judge)
