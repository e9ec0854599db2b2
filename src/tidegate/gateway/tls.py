"""TLS on both sides: what a listener shows and asks of its clients, and what an upstream is checked by and shown.

Contexts are made from files, so they are made where the settings are read: a file that does not do is an
error of the settings, by its name, before anything serves.
"""

import ssl

from tidegate.settings import McpServer, Tls, Upstream
from tidegate.spine.errors import SettingError


def server_tls(tls: Tls | None, where: str) -> ssl.SSLContext | None:
    """A listener's TLS; raises SettingError naming the file that does not do.

    With `client_ca`, a client without a certificate signed by it gets no further than the handshake.
    """
    if tls is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(tls.certificate, tls.key)
        if tls.client_ca is not None:
            context.load_verify_locations(tls.client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as error:
        message = f"cannot use the certificate, key or CA: {error}"
        raise SettingError(message, where=where, remedy=f"{tls.certificate}, {tls.key}: PEM files") from error
    return context


def upstream_tls(upstream: Upstream) -> ssl.SSLContext | None:
    """TLS towards an upstream: its certificate is checked unless the settings say otherwise; raises SettingError.

    `client_certificate` (with `client_key` where the key is in a file of its own) is what it is shown
    when it asks who we are.
    """
    where = f"upstream {upstream.name!r}"
    shown = upstream.client_certificate
    if upstream.client_key is not None and shown is None:
        raise SettingError("client_key without client_certificate", where=where, remedy="name the certificate too")
    if not upstream.url.startswith("https:"):
        if shown is not None:
            raise SettingError(f"client_certificate is shown over TLS only, and url is {upstream.url!r}", where=where,
                               remedy="write https://, or leave the certificate out")  # fmt: skip
        return None
    try:
        context = ssl.create_default_context(cafile=upstream.ca)
    except (OSError, ssl.SSLError) as error:
        raise SettingError(f"{where}: cannot use the CA file {upstream.ca!r}: {error}") from error
    context.set_alpn_protocols(["http/1.1"])
    if not upstream.verify_tls:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if shown is not None:
        try:
            context.load_cert_chain(shown, upstream.client_key)
        except (OSError, ssl.SSLError) as error:
            message = f"cannot use the client certificate {shown!r} and key {upstream.client_key or shown!r}: {error}"
            raise SettingError(message, where=where, remedy="PEM files, the key without a passphrase") from error
    return context


def mcp_tls(server: McpServer) -> ssl.SSLContext | None:
    """TLS towards a tool server; raises SettingError for a CA file that does not do."""
    if server.url is None or not server.url.startswith("https:"):
        return None
    try:
        return ssl.create_default_context(cafile=server.ca)
    except (OSError, ssl.SSLError) as error:
        raise SettingError(f"tool server {server.name!r}: cannot use the CA file {server.ca!r}: {error}") from error
