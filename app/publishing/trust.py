"""Whose certificates a target may show."""

import ssl

from app.publish_settings import TargetSettings
from app.settings import SettingsError


def trusting(settings: TargetSettings) -> ssl.SSLContext:
    """A context that checks certificates and names, against `ca_file` or else the system's authorities.

    Raises:
        SettingsError: the file cannot be read, or holds no certificates.
    """
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except ssl.SSLError:
        raise SettingsError(f"ca_file: {settings.ca_file}: there are no certificates in it") from None
    except OSError as error:
        raise SettingsError(f"ca_file: {settings.ca_file}: {error.strerror}") from None
