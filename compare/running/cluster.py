"""Run one training in several local processes that form a cluster.

TensorFlow gives up late: it waits an hour for a worker that never joins, and
without end for one that is alive but stuck. So the process that starts them
watches: it learns of a dead worker at once, ends a silent run, and leaves no
process behind.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from compare.running.processes import Advance, RunError, why_it_ended

Address = tuple[str, int]

Task = Callable[[Advance], Any]


def run_workers(
    task: Task, workers: int, patience: float, advance: Advance
) -> Any:
    """Run `task` in processes on 127.0.0.1 that form one cluster.

    They are forked: this one may have imported TensorFlow, but run nothing
    with it.

    Args:
        task: called in each process with TF_CONFIG set, as task(advance).
        workers: number of processes; worker 0 is the chief.
        patience: longest time in seconds in which no worker reports; it
            covers the time to start, to join and to compile.
        advance: called with what the chief reports, (updates done, in all).

    Returns:
        What `task` returned in the chief.

    Raises:
        RunError: a worker died, raised, hung or never joined.
    """
    fork = multiprocessing.get_context("fork")
    addresses = _free_addresses(workers)
    processes: list[BaseProcess] = []
    connections: list[Connection] = []
    try:
        for index in range(workers):
            ours, theirs = fork.Pipe()
            arguments = (theirs, task, addresses, index)
            worker = fork.Process(target=_work, args=arguments, daemon=True)
            worker.start()
            theirs.close()  # else the worker's end would not close the pipe
            processes.append(worker)
            connections.append(ours)
        return _watch(connections, processes, addresses, patience, advance)
    finally:
        for process in processes:
            process.kill()
            process.join()
        for connection in connections:
            connection.close()


def _free_addresses(count: int) -> list[Address]:
    """Find free ports that differ: all are held until the last is found."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    addresses = [listener.getsockname() for listener in held]
    for listener in held:
        listener.close()
    return addresses


def _work(
    connection: Connection, task: Task, addresses: list[Address], index: int
) -> None:
    """Be one worker: send (kind, *content) messages, then wait to be ended.

    Nobody leaves before all are done: to the others it would be a crash.
    """
    _talk_directly()
    os.environ["TF_CONFIG"] = json.dumps(
        {
            "cluster": {
                "worker": [f"{host}:{port}" for host, port in addresses]
            },
            "task": {"type": "worker", "index": index},
        }
    )

    def advance(done: int, total: int) -> None:
        connection.send(("progress", done, total))

    try:
        result = task(advance)
        connection.send(("result", result if index == 0 else None))
    except Exception as error:
        connection.send(("error", _sentence(error)))
    connection.poll(None)


def _talk_directly() -> None:
    """Keep gRPC from asking a proxy, which others may need, for 127.0.0.1."""
    heeded = "no_grpc_proxy" if "no_grpc_proxy" in os.environ else "no_proxy"
    hosts = os.environ.get(heeded, "")
    os.environ[heeded] = f"{hosts},127.0.0.1".lstrip(",")


def _sentence(error: Exception) -> str:
    """Shorten an error; TensorFlow's end with the reason, after a trace."""
    *_, last = str(error).strip().split("\n\n")
    text = " ".join(last.split())[:300]
    if isinstance(error, RunError):
        return text
    return f"raised {type(error).__name__}: {text}"


def _watch(
    connections: list[Connection],
    processes: list[BaseProcess],
    addresses: list[Address],
    patience: float,
    advance: Advance,
) -> Any:
    """Return the chief's result once every worker has sent one."""
    total = len(connections)
    updates = [0] * total
    results: dict[int, Any] = {}
    while len(results) < total:
        waiting = [connections[i] for i in range(total) if i not in results]
        ready = wait(waiting, patience)
        if not ready:
            joined = [
                i in results or updates[i] > 0 or _listens(addresses[i])
                for i in range(total)
            ]
            raise RunError(_silence(joined, min(updates), patience))
        for connection in ready:
            assert isinstance(connection, Connection)
            index = connections.index(connection)
            name = f"worker {index} of {total}"
            try:
                kind, *content = connection.recv()
            except (EOFError, OSError):  # perhaps in mid-message
                processes[index].join()
                end = why_it_ended(processes[index].exitcode or 0)
                raise RunError(f"{name} {end}") from None
            if kind == "error":
                raise RunError(f"{name}: {content[0]}")
            if kind == "result":
                (results[index],) = content
                continue
            updates[index] = content[0]
            if index == 0:
                advance(*content)
    return results[0]


def _silence(joined: list[bool], updates: int, patience: float) -> str:
    """Say what a run waits for in which nobody reports any more."""
    if not all(joined):
        absent = [str(i) for i, here in enumerate(joined) if not here]
        return (
            f"worker {', '.join(absent)} of {len(joined)} did not join within "
            f"{patience:g} s"
        )
    return (
        f"the workers made no update within {patience:g} s, after update "
        f"{updates:,}"
    )


def _listens(address: Address) -> bool:
    """Whether a worker's TensorFlow server has started."""
    try:
        with socket.create_connection(address, timeout=1):
            return True
    except OSError:
        return False
