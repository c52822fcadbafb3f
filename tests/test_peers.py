"""Other frameworks: the same training, checked before it is timed."""

from __future__ import annotations

import ast
import json
import os
import shutil
import sys
import types
from dataclasses import replace
from importlib import util
from pathlib import Path

import numpy as np
import pytest

from compare.commands import delivery
from compare.commands.main import main
from compare.judging.parity import judge
from compare.lessons.exhibits import source_of
from compare.lessons.problems import problem_of
from compare.records import UsageError
from compare.records.json_form import from_json, to_json
from compare.records.note import Note
from compare.records.peers import PeerResult, Peers, PeerSample
from compare.records.problem import Settings
from compare.records.report import Environment, Report
from compare.records.runs import Trajectory
from compare.records.timing import Effort
from compare.records.verdicts import Verdict
from compare.running import backends, slope, worker
from compare.running.processes import Broken, Job, Silent, run_jobs
from compare.studies.peers import numpy_loop, probe
from compare.studies.peers import study as peers_report
from compare.studies.peers.catalogue import (
    AGAINST,
    Peer,
    peers_of,
    why_missing,
)
from compare.studies.peers.probe import Task, time_peer

HERE = Environment("3", "2", "3", "2", "Linux", 2, ("CPU",), 2.0, 10**8)

FOLDER = Path(numpy_loop.__file__).parent
OTHERS = [
    peer
    for peer in peers_of(problem_of("linear_regression", Settings()))
    if peer.kind in ("other", "limit")
]
KERAS = [
    peer
    for peer in peers_of(problem_of("linear_regression", Settings()))
    if peer.reference.startswith("compare.studies.peers.keras_")
]
SAME = [
    pytest.param(
        peer,
        id=peer.name,
        marks=pytest.mark.skipif(
            bool(why_missing(peer.needs)), reason=why_missing(peer.needs)
        ),
    )
    for peer in OTHERS
    if not peer.note
]


@pytest.fixture
def sixty_four(monkeypatch):
    """Let JAX make float64 arrays, in whatever order tests run."""
    monkeypatch.setenv("JAX_ENABLE_X64", "1")


def observe(peer, dtype="float64", steps=20):
    problem = problem_of(peer.lesson, Settings(steps=steps))
    silent = lambda done, total: None  # noqa: E731
    return worker.observe(
        peer.reference, peer.name, problem, peer.mode, dtype, silent
    )


# --- The implementations


@pytest.mark.parametrize("peer", SAME)
def test_against_gradient_descent_in_numpy(sixty_four, make_run, peer):
    """Every update of each peer is that of the formula, in float64."""
    rate, start = (np.float64(np.float32(value)) for value in (0.01, 0.7))
    expected = make_run(dtype="float64", learning_rate=rate, start=start)
    run = observe(peer)
    for name, path in expected.parameters.items():
        np.testing.assert_allclose(
            run.parameters[name], path, rtol=0, atol=1e-14
        )


@pytest.mark.parametrize("peer", SAME)
def test_unwatched_a_peer_ends_at_the_same_bits(sixty_four, peer):
    """Who watches every update sees what otherwise runs in one call."""
    problem = problem_of(peer.lesson, Settings(steps=20)).astype("float64")
    unwatched = worker.load_exhibit(peer.reference)(problem, peer.mode)
    for name, value in observe(peer).results.items():
        np.testing.assert_array_equal(np.asarray(unwatched[name]), value)


def test_scikit_learn_is_another_training(make_run):
    """Its updates after every row differ beyond rounding, and it says so."""
    (peer,) = (peer for peer in OTHERS if peer.note)
    start = np.float64(np.float32(0.7))
    ours = [
        make_run(dtype=dtype, start=start) for dtype in ("float32", "float64")
    ]
    theirs = [observe(peer, dtype) for dtype in ("float32", "float64")]
    verdict = judge(ours[0], theirs[0], lambda: (ours[1], theirs[1]))
    assert verdict.outcome == "different"
    assert verdict.divergence.step == 1


def test_keras_without_what_lies_around_an_update_is_the_same_training(
    make_run,
):
    """Every update of both ways to call it is that of the formula."""
    rate, start = (np.float64(np.float32(value)) for value in (0.01, 0.7))
    expected = make_run(dtype="float64", learning_rate=rate, start=start)
    jobs = []
    for peer in KERAS:
        problem = problem_of(peer.lesson, Settings(steps=20))
        given = peer.reference, peer.name, problem, peer.mode, "float64"
        jobs.append(Job(peer.name, worker.record, given))
    for run in run_jobs(jobs, 2, 120.0):
        for name, path in expected.parameters.items():
            np.testing.assert_allclose(
                run.parameters[name].reshape(path.shape),
                path,
                rtol=0,
                atol=1e-14,
            )


@pytest.mark.parametrize("peer", [*OTHERS, *KERAS], ids=lambda peer: peer.name)
def test_a_peer_stands_alone(peer):
    """It imports its framework and nothing of ours, and is short."""
    allowed = {"numpy", "sklearn", "torch", "jax"}
    if peer in KERAS:  # the model is the lesson's, only its call is another
        allowed = {"keras", "tensorflow", "keras_impl"}
    text = source_of(peer.reference)
    for node in ast.walk(ast.parse(text)):
        names = [alias.name for alias in getattr(node, "names", [])]
        if isinstance(node, ast.ImportFrom):
            names = [node.module]
        elif not isinstance(node, ast.Import):
            continue
        for name in names:
            top = name.split(".")[0]
            assert top in allowed | set(sys.stdlib_module_names)
    assert len(text.splitlines()) < 90


# --- What is installed


def test_what_is_missing_is_left_out_with_a_way_to_get_it(monkeypatch):
    """Without frameworks and compiler the rest is still there."""
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    peers = peers_of(problem_of("linear_regression", Settings()))
    chosen, left_out = peers_report.choose(peers, None)
    names = [peer.name for peer in chosen]
    assert AGAINST in names
    assert "NumPy" in names
    assert "Keras on TensorFlow" in names
    assert len(left_out) == len(peers) - len(chosen) == 7
    assert "JAX (jit): JAX is not installed: pip install -e '.[peers]'" in (
        left_out
    )
    assert any("install gcc or clang" in line for line in left_out)


def test_a_backend_restricts_to_keras(monkeypatch):
    """With --backend only the reference and Keras remain."""
    monkeypatch.setattr(util, "find_spec", lambda name: object())
    peers = peers_of(problem_of("linear_regression", Settings()))
    chosen, _ = peers_report.choose(peers, ["jax"])
    names = [peer.name for peer in chosen]
    assert names == [AGAINST, "Keras on TensorFlow", "Keras on JAX"]


def test_a_backend_that_is_missing_is_refused(monkeypatch):
    """Whoever asks for it is told how to install it."""
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    peers = peers_of(problem_of("minibatch", Settings()))
    with pytest.raises(UsageError, match="PyTorch is not installed: pip"):
        peers_report.choose(peers, ["torch"])


USAGE = {
    ("--backend", "cupy"): "invalid choice: 'cupy'",
    ("--budget", "0"): "'0' is not a number above 0",
    ("nothing",): "no lesson 'nothing'",
    ("multi_worker",): "trains in several processes",
    ("checkpoint_resume",): "trains in several processes",
}


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_bad_requests_are_refused_in_one_sentence(
    capsys, tmp_path, monkeypatch, arguments
):
    """Exit code 2 and one line, before anything is run."""
    monkeypatch.chdir(tmp_path)
    try:
        code = main(["peers", *arguments])
    except SystemExit as stop:
        code = stop.code
    error = capsys.readouterr().err
    assert code == 2
    assert error.count("\n") == 1
    assert USAGE[arguments] in error


# --- Inside the processes


def test_keras_gets_its_backend_in_an_interpreter_of_its_own(exhibit_file):
    """The environment is set before Keras could be imported."""
    file = exhibit_file(
        "import os, sys\n"
        "assert 'tensorflow' not in sys.modules\n"
        "assert 'keras' not in sys.modules\n"
        "def train(problem, mode):\n"
        "    raise ValueError('backend ' + os.environ['KERAS_BACKEND'])\n"
    )
    task = Task(file, "linear_regression", 5, "xla", "jax")
    job = Job("time", time_peer, (task,), bare=True)
    (result,) = run_jobs([job], 1, 60.0)
    assert isinstance(result, Broken)
    assert "ValueError: backend jax" in result.reason
    assert os.environ.get("KERAS_BACKEND") != "jax"


def test_on_jax_parameters_are_synchronised_before_observers_look(
    monkeypatch,
):
    """An observer of batches sees the parameters after the batch."""
    seen = []

    class CallbackList:
        model = types.SimpleNamespace(
            jax_state_sync=lambda: seen.append("synchronised")
        )

        def on_train_batch_end(self, batch, logs):
            seen.append(f"batch {batch}")

    dtypes = types.SimpleNamespace(BIT64_TO_BIT32_DTYPE={})
    config = types.SimpleNamespace(
        set_floatx=seen.append, set_dtype_policy=seen.append
    )
    callbacks = types.SimpleNamespace(CallbackList=CallbackList)
    fake = types.SimpleNamespace(config=config, callbacks=callbacks)
    monkeypatch.setitem(sys.modules, "keras", fake)
    common = types.SimpleNamespace(dtypes=dtypes)
    monkeypatch.setitem(sys.modules, "keras.src.backend.common", common)
    update = types.SimpleNamespace(update=lambda *told: seen.append(told))
    jax = types.SimpleNamespace(config=update)
    monkeypatch.setitem(sys.modules, "jax", jax)
    backends.prepare_keras("jax", "float64")
    CallbackList().on_train_batch_end(3, None)
    assert dtypes.BIT64_TO_BIT32_DTYPE == {"float64": "float64"}
    x64 = "jax_enable_x64", True
    assert seen == ["float64", "float64", x64, "synchronised", "batch 3"]


def test_phases_against_known_costs(monkeypatch):
    """Import, first call and slope are told apart under a fake clock."""
    clock = types.SimpleNamespace(now=0.0)
    epochs = []

    def load(name):
        clock.now += {"numpy": 0.25, "some.peer": 2.0}[name]

    def train(problem, mode):
        clock.now += 0.5 + 0.01 * problem.steps + 3.0 * (not epochs)
        epochs.append(problem.steps)
        return problem.initial

    fake = types.SimpleNamespace(perf_counter=lambda: clock.now)
    monkeypatch.setattr(probe, "time", fake)
    monkeypatch.setattr(slope, "time", fake)
    importing = types.SimpleNamespace(import_module=load)
    monkeypatch.setattr(probe, "importlib", importing)
    monkeypatch.setattr(worker, "load_exhibit", lambda reference: train)
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    task = Task("some.peer", "linear_regression", 50, "eager", None)
    sample, first = time_peer(task, lambda done, total: None)
    assert sample.import_seconds == pytest.approx(2.25)
    assert sample.first_call == pytest.approx(3.51)
    assert sample.per_update == pytest.approx(0.01)
    assert epochs == [1, 1, 4, 16]
    assert first["kernel"] == np.float32(0.7)


# --- Planted faults

WRONG_RATE = (
    (FOLDER / "numpy_loop.py")
    .read_text()
    .replace("w - problem.learning_rate", "w - 1.002 * problem.learning_rate")
)
CHEAT = """
def train(problem, mode, on_step=None):
    from compare.studies.peers.numpy_loop import train
    if on_step:
        return train(problem, mode, on_step)
    return train(problem.replace(epochs=problem.epochs + 1), mode)
"""
TRAIN = "def train(problem, mode, on_step=None)"
FAULTS = {
    "wrong rate": WRONG_RATE,
    "raises": f"{TRAIN}: raise OSError('no such device')",
    "dies": f"import os\n{TRAIN}: os._exit(9)",
    "cheats": CHEAT,
}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Return what is found: a reference, two good peers, four bad ones."""
    folder = tmp_path_factory.mktemp("peers")
    lesson = "linear_regression"
    peers = [
        Peer(AGAINST, "manual", "manual.linear_regression", "graph", lesson),
        *(p for p in OTHERS if p.name in ("NumPy", "C")),
    ]
    for name, source in FAULTS.items():
        path = folder / f"{name.replace(' ', '_')}.py"
        path.write_text(source)
        peers.append(Peer(name, "other", f"{path}:train", "eager", lesson))
    problem = peers_report.problem_for(lesson, quick=True)
    return peers_report.measure_peers(
        problem, peers, [], Effort(1), 120.0, HERE, Silent()
    )


@pytest.fixture
def found(report):
    """Return the results by name."""
    return {result.name: result for result in report.results}


def test_good_peers_are_the_same_training_and_timed(found):
    """NumPy and C agree with TensorFlow's graph, and each gets a sample."""
    for name in ("NumPy", "C"):
        assert found[name].verdict.agree, found[name].verdict.reason
        (sample,) = found[name].samples
        assert sample.per_update > 0
        assert sample.import_seconds > 0
    assert found[AGAINST].verdict.outcome == "identical"


def test_the_reference_is_timed_once_more(report, found):
    """What chance alone makes of a ratio comes from processes of its own."""
    (sample,), (again,) = found[AGAINST].samples, report.floor
    assert sample.per_update != again.per_update > 0


def test_a_wrong_learning_rate_is_different_and_gets_no_time(found):
    """0.2 % is enough."""
    result = found["wrong rate"]
    assert result.verdict.outcome == "different"
    assert result.samples == ()


def test_a_peer_that_raises_or_dies_has_its_reason(found):
    """The others go on."""
    for name, reason in (("raises", "no such device"), ("dies", "code 9")):
        assert found[name].verdict.outcome == "could not run"
        assert reason in found[name].verdict.reason
        assert found[name].samples == ()


def test_a_peer_that_trains_otherwise_when_timed_gets_no_time(report, found):
    """What is timed is held against what was watched."""
    assert found["cheats"].verdict.outcome == "identical"
    assert found["cheats"].samples == ()
    assert any(
        line.startswith("cheats: timed, kernel is elsewhere after update 1")
        for line in report.left_out
    )


def test_the_report_survives_json(report):
    """Raw samples and verdicts come back."""
    text = json.dumps(to_json(report), allow_nan=False)
    back = from_json(Peers, json.loads(text))
    for one, other in zip(report.results, back.results, strict=True):
        assert (one.samples, one.verdict) == (other.samples, other.verdict)


# --- What is made of it


def result(name, kind, per_update, outcome="identical", **more):
    samples = [
        PeerSample(1.0, 0.5, s, ((1, 0.5), (8, 1.0))) for s in per_update
    ]
    return PeerResult(
        name=name,
        kind=kind,
        reference="some.file",
        mode="graph",
        backend=more.get("backend"),
        against=AGAINST,
        verdict=Verdict("graph", outcome, (Note("why"),)),
        note=more.get("note", ""),
        details="",
        ends={"kernel": np.float32(1.0)},
        samples=tuple(samples),
    )


@pytest.fixture
def made():
    """Return a report made by hand, with five samples each."""
    near = np.linspace(0.98, 1.02, 5)
    return Report(
        HERE,
        "python -m compare peers",
        peers=Peers(
            "linear_regression",
            1100,
            {"JAX": "1"},
            (
                result(AGAINST, "manual", 2e-4 * near),
                result("Keras", "keras", 3e-2 * near, backend="tensorflow"),
                result("Keras, JAX", "keras", 1e-3 * near, backend="jax"),
                result("sklearn", "other", [], "different", note="by row"),
                result("C", "limit", 2e-8 * near),
            ),
            ("PyTorch: not installed",),
        ),
    )


@pytest.mark.parametrize(
    ("outcome", "note", "code"),
    [
        ("different", "known", 0),
        ("different", "", 1),
        ("could not run", "known", 3),
    ],
)
def test_exit_codes(monkeypatch, tmp_path, made, outcome, note, code):
    """A difference that is known is no fault; all files are written."""
    peers = made.peers
    changed = result("sklearn", "other", [], outcome, note=note)
    results = (*peers.results[:3], changed, peers.results[4])
    report = replace(made, peers=replace(peers, results=results))
    monkeypatch.setattr(
        peers_report, "measure_peers", lambda *given: report.peers
    )
    monkeypatch.setattr(
        delivery, "read_environment", lambda *given: report.environment
    )
    assert main(["peers", "--out", str(tmp_path)]) == code
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"peers.json"}


def test_a_timed_training_must_be_the_recorded_one(make_run):
    """Rounding passes, another update does not, NaN does not."""
    run = make_run()
    assert isinstance(run, Trajectory)
    row = {name: path[5] for name, path in run.parameters.items()}
    near = {name: value * np.float32(1 + 1e-7) for name, value in row.items()}
    assert peers_report.why_elsewhere(run, 5, near) == ""
    assert "kernel" in peers_report.why_elsewhere(run, 6, row)
    broken = {**row, "bias": np.float32("nan")}
    assert "bias" in peers_report.why_elsewhere(run, 5, broken)
