"""Explanations: each published value followed back to the bytes that the portal sent."""

from ocds_pipeline.explain.explaining import explain
from ocds_pipeline.explain.words import explanation_text

__all__ = ["explain", "explanation_text"]
