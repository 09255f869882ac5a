"""Training the Rasa model, and knowing when that is needed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from actions.errors import OperatorError

#: What goes into the model. Exercises and other content are read at start and need no training.
INPUTS = ("config.yml", "domain.yml", "data/rules.yml", "data/nlu", "data/encoder/listener/card.json")

#: What Rasa's log says while it trains, and what a person may read meanwhile.
STAGES = {
    "Featurizer": "learning words and their pieces",
    "Classifier": "learning what people mean",
    "Policy": "learning the rules of the conversation",
    "trained and saved": "saving the model",
}


class TrainingError(OperatorError):
    """Training failed; the message holds Rasa's last words."""


def fingerprint(root: Path) -> str:
    """A name for everything that the model depends on: the same inputs give the same name."""
    digest = hashlib.sha256(version("rasa").encode())
    for name in INPUTS:
        path = root / name
        for file in sorted(path.rglob("*.yml")) if path.is_dir() else [path]:
            digest.update(str(file.relative_to(root)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def model_path(root: Path, models: Path) -> Path:
    """Where the model for the present inputs is, or will be."""
    return models / f"mend-{fingerprint(root)}.tar.gz"


def train(root: Path, models: Path, console: Console, *, force: bool = False) -> Path:
    """The model for the present inputs, trained if there is none yet (25 s on two cores). Raises `TrainingError`."""
    path = model_path(root, models)
    if path.exists() and not force:
        return path
    models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models) as workshop:
        _run_rasa(root, Path(workshop), path.stem.removesuffix(".tar"), console)
        (Path(workshop) / path.name).replace(path)  # a training that is cut short leaves no half model
    for old in models.glob("mend-*.tar.gz"):
        if old != path:
            old.unlink()
    return path


def _run_rasa(root: Path, out: Path, name: str, console: Console) -> None:
    options = ["--out", str(out), "--fixed-model-name", name, "--data", "data/nlu", "data/rules.yml"]
    command = [sys.executable, "-W", "ignore", "-m", "rasa", "train", *options]
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    columns = (SpinnerColumn(), TextColumn("Training: {task.description}"), TimeElapsedColumn())
    lines: list[str] = []
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("waking Rasa", total=None)
        with subprocess.Popen(
            command, cwd=root, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            for line in process.stdout or ():
                lines.append(line.rstrip())
                for sign, stage in STAGES.items():
                    if sign in line:
                        progress.update(task, description=stage)
    if process.returncode != 0:
        raise TrainingError("training failed; Rasa's last words were:\n" + "\n".join(lines[-12:]))
