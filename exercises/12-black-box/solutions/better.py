"""A better load balancer: health checks, careful retries, streaming, keep-alive, draining."""
import asyncio
import itertools
import re
import signal
import sys
from urllib.parse import urlparse

PORT = int(sys.argv[1])
BACKENDS = [urlparse(url) for url in sys.argv[2].split(",")]
CHECK_S = 0.5
HEAD_MAX = 16384
TURNS = itertools.count()
SAFE = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}
down, open_requests, draining = set(), set(), asyncio.Event()

async def check():
    while True:
        for backend in BACKENDS:
            try:
                dial = asyncio.open_connection(backend.hostname, backend.port)
                (await asyncio.wait_for(dial, 1))[1].close()
                down.discard(backend)
            except (OSError, asyncio.TimeoutError):
                down.add(backend)
        await asyncio.sleep(CHECK_S)

def candidates():
    ready = [b for b in BACKENDS if b not in down] or BACKENDS
    turn = next(TURNS)
    return [ready[(turn + i) % len(ready)] for i in range(len(ready))]

def parse(head):
    """Method, lines to forward, length of the body (None: chunked), whether the client stays."""
    lines = head.decode("latin1").split("\r\n")[:-2]
    method, _, version = lines[0].split(" ")
    if not re.fullmatch(r"HTTP/1\.[01]", version):
        raise ValueError("version")
    lengths, encodings, keep, stays = [], [], [lines[0]], version == "HTTP/1.1"
    for line in lines[1:]:
        if not re.match(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:", line):
            raise ValueError("field")
        name, value = line.split(":", 1)
        name, value = name.lower(), value.strip()
        {"content-length": lengths, "transfer-encoding": encodings}.get(name, []).append(value)
        if name == "connection":
            stays = value.lower() != "close"
        else:
            keep.append(line)
    if encodings and (lengths or encodings != ["chunked"]):
        raise ValueError("framing")
    if len(set(lengths)) > 1 or not all(re.fullmatch(r"\d+", length) for length in lengths):
        raise ValueError("length")
    return method, keep + ["Connection: close"], None if encodings else int((lengths or ["0"])[0]), stays

async def read_body(reader, length):
    body = b"" if length is None else await reader.readexactly(length)
    while length is None:
        line = await reader.readuntil(b"\r\n")
        if not re.fullmatch(rb"[0-9a-fA-F]{1,8}\r\n", line):
            raise ValueError("chunk")
        body += line + await reader.readexactly(int(line, 16) + 2)
        length = 0 if int(line, 16) == 0 else None
    return body

async def forward(method, lines, body, client):
    """Elsewhere after a refused dial; after a lost answer only what may be repeated."""
    for backend in candidates():
        try:
            reader, writer = await asyncio.open_connection(backend.hostname, backend.port)
        except OSError:
            down.add(backend)
            continue
        try:
            writer.write("\r\n".join(lines + ["", ""]).encode("latin1") + body)
            part = await reader.read(65536)
            if part:
                part = re.sub(rb"(?i)\r\nConnection: [^\r]*", b"", part, count=1)
                while part:
                    client.write(part)
                    await client.drain()
                    part = await reader.read(65536)
                return
        except OSError:
            pass
        finally:
            writer.close()
        if method not in SAFE:
            break
    client.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

async def serve(reader, client):
    try:
        while not draining.is_set():
            head = await reader.readuntil(b"\r\n\r\n")
            open_requests.add(client)
            method, lines, length, stays = parse(head)
            await forward(method, lines, await read_body(reader, length), client)
            open_requests.discard(client)
            if not stays:
                break
    except (ValueError, asyncio.LimitOverrunError):
        client.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        open_requests.discard(client)
        client.close()

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", PORT, limit=HEAD_MAX, backlog=256)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, draining.set)
    checking = asyncio.create_task(check())
    await draining.wait()
    server.close()
    while open_requests:
        await asyncio.sleep(0.05)
    checking.cancel()

asyncio.run(main())
