"""Worlds of one browser, each kept for as long as there are stories to tell in it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.sync_api import Browser

from local.web.deployment import WorldSettings
from local.web.world import World


class Worlds:
    """For each way to deploy the product one world, started when it is first asked for."""

    def __init__(self, browser: Browser, logs: Path) -> None:
        """
        Args:
            browser: in which people have their devices.
            logs: a folder for the output of the Node programs.
        """
        self._browser = browser
        self._logs = logs
        self._running: dict[WorldSettings, World] = {}
        self._exit = ExitStack()

    def get(self, settings: WorldSettings) -> World:
        """The world; raises :class:`local.web.node.NodeError` if it can't be started."""
        if settings not in self._running:
            logs = self._logs / str(len(self._running))
            logs.mkdir()
            world = World(self._browser, logs, settings)
            self._running[settings] = self._exit.enter_context(world)
        return self._running[settings]

    def output(self) -> str:
        """What the Node programs have written so far."""
        files = [file for world in self._running.values() for file in world.log_files]
        return "\n".join(f"{file}:\n{file.read_text()}" for file in files)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exit.close()
