"""The keys that editions are signed with, read from the settings."""

from ocds_pipeline.settings import Settings
from ocds_schema.errors import ConfigurationError
from publish.signing import Signing, SigningKey, read_signing_key


def signing(settings: Settings) -> Signing | None:
    """Give what editions are signed with, where a key is set.

    Raises:
        ConfigurationError: a key cannot be used; the message names its setting.
    """
    keys = {"OCDS_SIGNING_KEY": settings.signing_key, "OCDS_SIGNING_KEY_BEFORE": settings.signing_key_before}
    read: dict[str, SigningKey] = {}
    for name, text in keys.items():
        try:
            read |= {name: read_signing_key(text)} if text else {}
        except ConfigurationError as error:
            raise ConfigurationError(f"{name}: {error}") from None
    key = read.get("OCDS_SIGNING_KEY")
    return Signing(key=key, before=read.get("OCDS_SIGNING_KEY_BEFORE")) if key else None
