"""What every command that runs a model is asked about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.settings import Settings, load_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """The arguments that name a model and say how it is run; None means not given.

    Attributes:
        model: its name or path.
        device: where it runs.
        inference: values of `[inference]`.
        config: the settings file.
        quiet: whether notes are left out.
    """

    model: str | None = None
    device: str | None = None
    inference: Mapping[str, Any] | None = None
    config: Path | None = None
    quiet: bool = False

    def settings(self, **overrides: Any) -> Settings:
        """The settings with what was given, and with `overrides`.

        Raises:
            SettingsError: the file, a variable or a value cannot be used.
        """
        given = {"model": self.model, "device": self.device, "inference": self.inference}
        return load_settings(given | overrides, self.config)
