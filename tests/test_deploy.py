"""What `deploy/` starts, sets and copies is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.__main__ import COMMANDS
from bot.settings import ROOT, Settings

DEPLOY = ROOT / "deploy"
CLUSTER = DEPLOY / "kubernetes"
SET = {field.field_info.extra["env"] for field in Settings.__fields__.values()}


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """The containers of the cluster, each by itself, as its file says."""
    for path in sorted(CLUSTER.glob("*.yml")):
        for document in yaml.safe_load_all(path.read_text()):
            if document["kind"] == "Deployment":
                yield from ((path.name, pod) for pod in document["spec"]["template"]["spec"]["containers"])


def test_a_container_starts_with_a_command_that_mend_has() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]
    started = [*compose["receiver"]["command"], *compose["worker"]["command"], *compose["evenings"]["command"]]
    started += [argument for _, pod in pods() for argument in pod.get("args", [])]
    assert sorted(started) == ["evenings", "evenings", "receive", "receive", "work", "work"]
    assert set(started) <= set(COMMANDS)


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").glob("*.service")), ids=lambda path: path.name)
def test_a_unit_starts_a_command_that_mend_has(unit: Path) -> None:
    started = re.findall(r"/bin/mend (\w+)", unit.read_text())
    assert started and set(started) <= set(COMMANDS)


@pytest.mark.parametrize("path", [DEPLOY / "compose.yml", *sorted(CLUSTER.glob("*.yml"))], ids=lambda path: path.name)
def test_whatever_is_set_is_a_setting(path: Path) -> None:
    named = set(re.findall(r"\b(?:MEND_|TELEGRAM_)[A-Z_]+\b|\bDATABASE_URL\b", path.read_text()))
    assert named <= SET


def test_the_image_is_made_of_what_is_there() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    assert copied and [name for names in copied for name in names if not (ROOT / name).exists()] == []


def test_the_cluster_is_put_together_from_the_files_that_are_there() -> None:
    whole = yaml.safe_load((CLUSTER / "kustomization.yml").read_text())
    named = {*whole["resources"], *(patch["path"] for patch in whole["patches"]), "kustomization.yml"}
    assert named == {path.name for path in CLUSTER.iterdir()}


def test_a_worker_is_given_the_time_that_it_takes_to_finish() -> None:
    pod = yaml.safe_load((CLUSTER / "pod.yml").read_text())["spec"]["template"]["spec"]
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text())["x-mend"]
    assert pod["terminationGracePeriodSeconds"] >= 15 and compose["stop_grace_period"] == "20s"
