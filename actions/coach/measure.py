"""Precision, recall and F1 of labels, from truths and probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scores:
    """How well labels were found."""

    deflections: float  #: macro F1 over the deflections
    elements: float  #: macro F1 over the elements
    any_deflection: float  #: F1 of "does this text deflect at all"
    clean_flagged: float  #: share of texts without a deflection that got one
    thresholds: tuple[float, ...]
    by_label: tuple[float, ...]

    def __str__(self) -> str:
        return (
            f"deflections {self.deflections:.3f}, elements {self.elements:.3f}, any {self.any_deflection:.3f}, "
            f"clean flagged {self.clean_flagged:.3f}"
        )


def f1(truth: np.ndarray, found: np.ndarray) -> float:
    """F1 of two boolean arrays; 0 when nothing was there and nothing was found."""
    hits = float(np.logical_and(truth, found).sum())
    return 2 * hits / (truth.sum() + found.sum()) if hits else 0.0


def best_thresholds(truth: np.ndarray, likely: np.ndarray) -> np.ndarray:
    """For each column the threshold with the best F1."""
    grid = np.arange(0.1, 0.9, 0.04)
    columns = range(truth.shape[1])
    by_cut = np.array([[f1(truth[:, one] > 0.5, likely[:, one] >= cut) for cut in grid] for one in columns])
    return grid[by_cut.argmax(axis=1)]


def scores(truth: np.ndarray, likely: np.ndarray, deflections: int, thresholds: np.ndarray | None = None) -> Scores:
    """Scores of probabilities (texts, labels) against truths; the first `deflections` columns are deflections."""
    cuts = best_thresholds(truth, likely) if thresholds is None else thresholds
    found, real = likely >= cuts, truth > 0.5
    by_label = [f1(real[:, one], found[:, one]) for one in range(truth.shape[1])]
    dodges, flagged = real[:, :deflections].any(axis=1), found[:, :deflections].any(axis=1)
    return Scores(
        deflections=float(np.mean(by_label[:deflections])),
        elements=float(np.mean(by_label[deflections:])),
        any_deflection=f1(dodges, flagged),
        clean_flagged=float(flagged[~dodges].mean()) if (~dodges).any() else 0.0,
        thresholds=tuple(float(cut) for cut in cuts),
        by_label=tuple(by_label),
    )
