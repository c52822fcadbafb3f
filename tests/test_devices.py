"""On which device jobs run."""

from __future__ import annotations

import sys
import types

import pytest

from compare.commands.main import main
from compare.running import devices, processes
from compare.running.processes import Job, Silent, run_jobs


def test_a_job_sees_the_device_that_is_chosen_and_no_other():
    """The choice holds for as long as it is made."""
    job = Job("devices", seen, ())
    with devices.on_device("CPU:0", 60.0, Silent()):
        assert run_jobs([job], 1, 60.0) == [("CPU",)]
    assert processes.device == ""


def seen(advance):
    return devices.described()


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [("CPU:0", ["CPU:0"]), ("GPU:1", ["CPU:0", "GPU:1"])],
)
def test_other_gpus_are_hidden(wanted, kept, monkeypatch):
    """A GPU is there beside the CPU; the CPU alone hides all GPUs."""
    known = [
        types.SimpleNamespace(
            name=f"/physical_device:{name}", device_type=name[:3]
        )
        for name in ("CPU:0", "GPU:0", "GPU:1")
    ]
    visible = []
    config = types.SimpleNamespace(
        list_physical_devices=lambda: known,
        set_visible_devices=visible.extend,
        get_visible_devices=lambda: visible,
        experimental=types.SimpleNamespace(
            get_device_details=lambda gpu: {"device_name": "H100"}
        ),
    )
    fake = types.SimpleNamespace(config=config)
    monkeypatch.setitem(sys.modules, "tensorflow", fake)
    devices.use(wanted)
    assert [device.name[-5:] for device in visible] == kept
    assert devices.described() == ("CPU", "GPU (H100)")[: len(kept)]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("GPU:77", "TensorFlow sees no GPU:77 here: give one of CPU:0"),
        ("TPU", "is no device: give one such as CPU:0"),
        ("GPU:x", "is no device: give one such as CPU:0"),
    ],
)
def test_a_device_that_is_not_there_is_refused(wanted, said, tmp_path, capsys):
    """In one sentence, before anything is trained."""
    try:
        code = main(["run", "--device", wanted, "--out", str(tmp_path)])
    except SystemExit as error:
        code = error.code
    assert code == 2
    text = capsys.readouterr().err
    assert said in text
    assert not list(tmp_path.iterdir())
