"""Finds the checks: every module of `ocds_pipeline.quality.checks` is one, and is named after it."""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType

from ocds_pipeline.quality import checks
from ocds_pipeline.quality.check import Check
from ocds_schema.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A check with its name, what it asks for in one sentence, and the text of its page."""

    name: str
    title: str
    text: str
    check: Check


@cache
def registry() -> Mapping[str, Named]:
    """Give every check by name.

    Raises:
        ConfigurationError: a module of the folder has no `CHECK` or no docstring.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(checks.__path__))
    return MappingProxyType({name: _named(name) for name in names})


def _named(name: str) -> Named:
    module = import_module(f"{checks.__name__}.{name}")
    title, _, text = (module.__doc__ or "").partition("\n")
    check = getattr(module, "CHECK", None)
    if not isinstance(check, Check) or not title:
        raise ConfigurationError(f"{checks.__name__}.{name} is no check: it needs a docstring and CHECK")
    return Named(name=name, title=title.strip(), text=text.strip(), check=check)
