"""The only module that opens a connection: to the publishers' hosts over TLS, or to the mirror that a setting names.

An address must be of a publisher before its name is resolved; what the name resolves to must be a public address
before anything is connected; the connection then goes to that very address, so a name cannot change in between. A
redirect is checked like the first address. Everything an exchange does, resolving included, ends at its deadline.

Import it where it is used: it imports the HTTP library.
"""

from __future__ import annotations

import errno
import queue
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import IPv6Address, ip_address
from threading import Thread
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore2

from drugchatter import __version__
from drugchatter.errors import OfflineError, UpstreamError, UsageError
from drugchatter.settings import Settings, is_base_address, is_loopback

# Hosts of FDA and NLM that hold what `remote` and `openfda_api` ask for.
HOSTS = frozenset(
    {
        "api.fda.gov",
        "download.open.fda.gov",
        "www.fda.gov",
        "www.accessdata.fda.gov",
        "purplebooksearch.fda.gov",
        "dailymed.nlm.nih.gov",
        "dailymed-data.nlm.nih.gov",
        "download.nlm.nih.gov",
    }
)
USER_AGENT = f"drugchatter/{__version__} (reads FDA and NLM releases)"
_REDIRECTS = {301, 302, 303, 307, 308}
_MOST_REDIRECTS = 5
_MOST_ADDRESSES = 4
_CONNECT_SECONDS = 10.0
_OFFLINE = {errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL}
_NO_NETWORK = "check the network; `drugchatter sync --from DIR` reads files that were fetched elsewhere"
_LATER = "try again later"

Resolver = Callable[[str, int], list[str]]


class BrokenError(UpstreamError):
    """An exchange that may succeed when it is tried again; `retry_after`: seconds the server asked to wait."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message, _LATER)
        self.retry_after = retry_after


class ConnectError(BrokenError):
    """No connection came about."""


@dataclass(frozen=True, slots=True)
class Response:
    """`url`: the publisher's address that answered, after redirects; `headers` with names in small letters."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: Iterator[bytes]

    @property
    def retry_after(self) -> float | None:
        """Seconds of `Retry-After`, which is a number or an HTTP date (RFC 9110, 10.2.3)."""
        value = self.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdigit():
            return float(value[:9])
        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
        except (ValueError, TypeError, OverflowError):
            return None


class Web:
    """The way to the publishers, for one thread at a time. `read_seconds`: the longest silence of a server."""

    def __init__(
        self,
        publishers_url: str = "",
        *,
        read_seconds: float = 30.0,
        resolve: Resolver | None = None,
    ) -> None:
        if publishers_url and not is_base_address(publishers_url):
            raise UsageError("the address of the mirror is neither https nor http on this machine", "mend the address")
        self._base = publishers_url.rstrip("/")
        self._read_seconds = read_seconds
        self._backend = _Backend(self._base, resolve or _system_resolver)
        self._pools: dict[str, httpcore2.ConnectionPool] = {}

    @classmethod
    def of(cls, settings: Settings) -> Web:
        """The way the settings allow. Raises OfflineError when they forbid any."""
        if settings.offline:
            raise OfflineError("the setting `offline` is on: no connection is opened", "unset DRUGCHATTER_OFFLINE")
        return cls(settings.publishers_url)

    def __enter__(self) -> Web:
        return self

    def __exit__(self, *_: object) -> None:
        for pool in self._pools.values():
            pool.close()

    @contextmanager
    def ask(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, *, seconds: float
    ) -> Iterator[Response]:
        """Ask a publisher's `url`, following redirects; the exchange, its body included, ends after `seconds`.

        Raises UpstreamError for an address that is not a publisher's, OfflineError when there is no network,
        BrokenError when another try may help. An HTTP status is not an error here.
        """
        self._backend.until = time.monotonic() + seconds
        own = dict(headers or {})
        for _ in range(_MOST_REDIRECTS + 1):
            host = check_address(url)
            with _mapped(host), self._exchange(method, url, own) as raw:
                found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw.headers}
                if raw.status not in _REDIRECTS or "location" not in found:
                    yield Response(url, raw.status, found, iter(raw.iter_stream()))
                    return
            url = self._next(url, found["location"])
            if check_address(url) != host:
                own.pop("Authorization", None)
        raise UpstreamError(f"{url}: more than {_MOST_REDIRECTS} redirects", _LATER)

    @contextmanager
    def _exchange(self, method: str, url: str, headers: Mapping[str, str]) -> Iterator[httpcore2.Response]:
        asked = self._asked(url)
        waits = {"connect": _CONNECT_SECONDS, "read": self._read_seconds, "write": self._read_seconds, "pool": 1.0}
        lines = {"Host": urlsplit(asked).netloc, "User-Agent": USER_AGENT, "Accept-Encoding": "identity", **headers}
        with self._pool(asked).stream(
            method, asked, headers=list(lines.items()), extensions={"timeout": waits}
        ) as response:
            yield response

    def _asked(self, url: str) -> str:
        """The address that is asked for a publisher's `url`: the same, or its place in the mirror."""
        return f"{self._base}/{url.removeprefix('https://')}" if self._base else url

    def _next(self, url: str, location: str) -> str:
        """The publisher's address that a redirect leads to; a mirror may name its own place of it."""
        target = urljoin(self._asked(url), location)
        if self._base and target.startswith(f"{self._base}/"):
            return f"https://{target.removeprefix(f'{self._base}/')}"
        return target

    def _pool(self, asked: str) -> httpcore2.ConnectionPool:
        """Connections, through the proxy that the environment names where there is one."""
        proxy = "" if is_loopback(self._base) else _proxy(urlsplit(asked).hostname or "")
        if proxy not in self._pools:
            context = httpcore2.default_ssl_context()
            self._backend.proxy = urlsplit(proxy).hostname or ""
            self._pools[proxy] = (
                httpcore2.HTTPProxy(
                    _without_user(proxy), proxy_auth=_user(proxy), ssl_context=context, network_backend=self._backend
                )
                if proxy
                else httpcore2.ConnectionPool(ssl_context=context, network_backend=self._backend)
            )
        return self._pools[proxy]


def _proxy(host: str) -> str:
    """The proxy that the environment names for https to `host`, or "". Raises UsageError for one that is not HTTP's."""
    proxy = getproxies().get("https", "")
    if not proxy or proxy_bypass(host):
        return ""
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if urlsplit(proxy).scheme not in ("http", "https"):
        raise UsageError(
            "the proxy in HTTPS_PROXY is none of HTTP", "name an http:// proxy, or add the host to NO_PROXY"
        )
    return proxy


def _without_user(proxy: str) -> str:
    parts = urlsplit(proxy)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], path="/").geturl()


def _user(proxy: str) -> tuple[str, str] | None:
    parts = urlsplit(proxy)
    return (unquote(parts.username), unquote(parts.password or "")) if parts.username else None


def check_address(url: str) -> str:
    """The host of a publisher's address. Raises UpstreamError for any other address.

    The part between `//` and `/` must be a known host letter by letter, so no user, port, other spelling of an IP
    address or look-alike letter needs to be thought of.
    """
    printable = url.isascii() and url.isprintable() and not set(url) & set(" \\")
    host = url[len("https://") :].partition("/")[0].removesuffix(":443")
    if not (printable and url.startswith("https://") and host in HOSTS):
        shown = ascii(url[:100])
        raise UpstreamError(f"{shown} is not an address of FDA or NLM, so it is not asked", "report it if it should be")
    return host


@contextmanager
def _mapped(host: str) -> Iterator[None]:
    """Turn the library's errors into ours; messages name the host, never the headers."""
    try:
        yield
    except (httpcore2.ConnectError, httpcore2.ConnectTimeout, httpcore2.ProxyError) as error:
        raise _connect_error(host, error) from error
    except httpcore2.TimeoutException as error:
        raise BrokenError(f"{host} did not answer in time") from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise BrokenError(f"the connection to {host} broke ({error})") from error


def _connect_error(host: str, error: Exception) -> UpstreamError:
    # The library's pool raises its errors "from None", which leaves only the context.
    cause = error.__cause__ or error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return UpstreamError(
            f"the certificate of {host} is not trusted ({cause.verify_message})",
            "where a proxy reads TLS, name its certificate in SSL_CERT_FILE",
        )
    if isinstance(cause, OSError) and cause.errno in _OFFLINE:
        return OfflineError(f"{host} cannot be reached ({cause.strerror})", _NO_NETWORK)
    return ConnectError(f"no connection to {host} ({error or 'it did not answer'})")


# --------------------------------------------------------------------------------------------- names and connections


def _system_resolver(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _Backend(httpcore2.NetworkBackend):
    """Connects only to permitted addresses; `until` (monotonic) is the deadline of the exchange under way."""

    def __init__(self, base: str, resolve: Resolver) -> None:
        self.until = 0.0
        self.proxy = ""
        self._mirror = urlsplit(base).hostname or ""
        self._loopback = is_loopback(base)
        self._resolve = resolve
        self._inner = httpcore2.SyncBackend()

    def left(self, seconds: float | None) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the deadline has passed")
        return left if seconds is None else min(left, seconds)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = [address for address in self._resolved(host, port) if self._permitted(host, address)]
        if not addresses:
            raise UpstreamError(f"{host} does not resolve to a public address, so it is not asked", "check the DNS")
        *others, last = addresses[:_MOST_ADDRESSES]
        for address in others:
            try:
                return self._connect(address, port, timeout, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue  # the next address may answer; the last one's error is raised below
        return self._connect(last, port, timeout, socket_options)

    def _connect(
        self,
        address: str,
        port: int,
        timeout: float | None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None,
    ) -> httpcore2.NetworkStream:
        stream = self._inner.connect_tcp(address, port, self.left(timeout), None, socket_options)
        return _Stream(stream, self)

    def _resolved(self, host: str, port: int) -> list[str]:
        """What the resolver says, which runs where it can be left behind when it hangs."""
        found: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                found.put(self._resolve(host, port))
            except (OSError, ValueError) as error:
                found.put(error)

        Thread(target=look_up, daemon=True).start()
        try:
            result = found.get(timeout=self.left(_CONNECT_SECONDS))
        except queue.Empty:
            raise OfflineError(f"the name {host} was not resolved in time", _NO_NETWORK) from None
        if isinstance(result, Exception):
            reason = getattr(result, "strerror", None) or result
            raise OfflineError(f"the name {host} cannot be resolved ({reason})", _NO_NETWORK) from result
        return result

    def _permitted(self, host: str, address: str) -> bool:
        """Public addresses; loopback where the setting says so; any where the operator named the host."""
        ip = ip_address(address)
        if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        if self._loopback:
            return ip.is_loopback
        return host in (self._mirror, self.proxy) or (ip.is_global and not ip.is_multicast)


class _Stream(httpcore2.NetworkStream):
    """A connection none of whose waits outlasts the exchange."""

    def __init__(self, inner: httpcore2.NetworkStream, backend: _Backend) -> None:
        self._inner = inner
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._backend.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._backend.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._backend.left(timeout))
        return _Stream(inner, self._backend)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)
