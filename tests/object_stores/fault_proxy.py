#!/usr/bin/env python3
"""Stands between a client and an object store and spoils answers by rule. Standard library only.

    tests/object_stores/fault_proxy.py PORT_OF_THE_STORE [FOLDER]

Prints its own port of 127.0.0.1 and lives as long as its standard input. With a folder it prints a
second port, of https for store.example, whose certificate is FOLDER/good.crt, and has the network
fail by FOLDER/network, which network_shim.cpp reads. Requests pass unchanged,
the Host header too, so that signatures hold. Each line of its input is a list of rules in JSON, in
place of those before; it is answered with a list of what became of the requests until then, pairs
of a request line and what was done about it.

A rule: {"do": ACTION, "at": PLACE, "times": N, …}. The place is counted among the pages of listings:
"first", "middle" (the first page after it that is not the last), "last" (the first that says that
nothing follows), "every". It holds for N pages from there on, 1 by default, -1 for all. What a
store answers is fetched first, whatever becomes of it.

The action "network" resets the connection; then what would make another goes wrong, as often as
its "fail" says (-1: for ever): "names", "connects" (both by the shim), "handshakes" (ended by an
alert), "certificates" (somebody else's is shown).
"""

import asyncio
import json
import mmap
import pathlib
import re
import socket
import ssl
import struct
import subprocess
import sys

ERROR = ('<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>injected</Message>'
         "{more}<RequestId>1</RequestId></Error>")
PORTAL = b"<!DOCTYPE html><html><body><h1>Welcome</h1>Please log in.</body></html>"
HANDSHAKE_FAILURE = b"\x15\x03\x03\x00\x02\x02\x28"  # of TLS: a fatal alert
TRUNCATED = re.compile(rb"<IsTruncated>\w+</IsTruncated>")
TOKEN = re.compile(rb"<NextContinuationToken>.*?</NextContinuationToken>", re.DOTALL)


class Gone(Exception):
    """The connection to the client is to be no more."""


class Message:
    """A request or an answer, read whole."""

    def __init__(self, line, headers, body):
        self.line, self.headers, self.body = line, headers, body

    def header(self, name):
        return header_of(self.headers, name)

    def text(self, framing=()):
        """As it goes over the wire; with other headers of how long it is."""
        headers = self.headers
        if framing:
            headers = [(name, value) for name, value in headers
                       if name.lower() not in ("transfer-encoding", "content-length")] + list(framing)
        lines = [self.line, *(f"{name}: {value}" for name, value in headers), "", ""]
        return "\r\n".join(lines).encode("latin-1")


def header_of(headers, name):
    return next((value for key, value in headers if key.lower() == name), None)


async def read_message(reader, has_body=lambda line: True):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = [tuple(part.strip() for part in line.split(":", 1)) for line in head[1:] if line]
    body = b""
    if has_body(head[0]):
        if header_of(headers, "transfer-encoding") == "chunked":
            while size := int((await reader.readline()).split(b";")[0], 16):
                body += await reader.readexactly(size)
                await reader.readline()
            await reader.readline()
        else:
            body = await reader.readexactly(int(header_of(headers, "content-length") or 0))
    return Message(head[0], headers, body)


def reset(writer):
    """Ends the connection by RST."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                               struct.pack("ii", 1, 0))
    writer.transport.abort()
    raise Gone


async def send(writer, *texts):
    for text in texts:
        writer.write(text)
    await writer.drain()


async def send_whole(writer, answer):
    await send(writer, answer.text([("Content-Length", len(answer.body))]), answer.body)


def spoil(answer, request, rule):
    """Actions that change what the answer says; whether this is one."""
    body, half = answer.body, len(answer.body) // 2
    match rule["do"]:
        case "status":
            more = "".join(f"<{name}>{text}</{name}>" for name, text in rule.get("tells", {}).items())
            answer.line = f"HTTP/1.1 {rule['status']} Spoilt"
            answer.headers = [("Content-Type", "application/xml"), *rule.get("headers", {}).items()]
            answer.body = ERROR.format(code=rule.get("code", "SlowDown"), more=more).encode()
        case "error200":
            answer.body = ERROR.format(code=rule.get("code", "InternalError"), more="").encode()
        case "html200":
            answer.body = PORTAL
        case "empty200":
            answer.body = b""
        case "cutxml":
            answer.body = body[:half]
        case "flip":  # in the markup: what a flipped key means nobody can tell
            at = body.index(b"<", half)
            answer.body = body[:at] + bytes([body[at] ^ 0x1f]) + body[at + 1:]
        case "substitute":
            answer.body = re.sub(rule["pattern"].encode(), rule["by"].encode(), body,
                                 count=rule.get("count", 0), flags=re.DOTALL)
        case "same_token" | "drop_token":
            given = re.search(r"[?&]continuation-token=([^& ]*)", request.line)
            token = given.group(1).encode() if given else b"0"
            tag = (b"<NextContinuationToken>%s</NextContinuationToken>" % token
                   if rule["do"] == "same_token" else b"")
            answer.body = TRUNCATED.sub(b"<IsTruncated>true</IsTruncated>" + tag,
                                        TOKEN.sub(b"", body))
        case _:
            return False
    return True


async def break_off(writer, answer, rule):
    """Actions that change how the answer comes, or whether it does."""
    body, half = answer.body, len(answer.body) // 2
    length = [("Content-Length", len(body))]
    match rule["do"]:
        case "rst":
            reset(writer)
        case "close":
            raise Gone
        case "hang":
            await asyncio.sleep(3600)
        case "delay":
            await asyncio.sleep(rule["seconds"])
            await send_whole(writer, answer)
        case "wrong_content_length":
            await send(writer, answer.text([("Content-Length", len(body) + rule["by"])]), body)
            raise Gone
        case "chunk_cut" | "chunk_bad":
            await send(writer, answer.text([("Transfer-Encoding", "chunked")]), b"%x\r\n" % len(body))
            await send(writer, body[:half] if rule["do"] == "chunk_cut" else body + b"\r\nZZ\r\n")
            raise Gone
        case "rst_mid_body":
            await send(writer, answer.text(length), body[:half])
            await asyncio.sleep(0.05)  # an RST throws away what has not arrived
            reset(writer)
        case "fin_mid_body":
            await send(writer, answer.text(length), body[:half])
            raise Gone
        case "stall":
            await send(writer, answer.text(length), body[:half])
            await asyncio.sleep(3600)
        case "drip":
            await send(writer, answer.text(length))
            for at in range(0, len(body), rule["bytes"]):
                await send(writer, body[at:at + rule["bytes"]])
                await asyncio.sleep(rule["every"])
        case unknown:
            raise ValueError(f"no action {unknown}")


class Network:
    """What is yet to go wrong beside answers."""

    SHARED = struct.Struct("=iii")  # NetworkFaults of network_faults.hpp

    def __init__(self, folder):
        self._folder = folder
        path = folder / "network"
        path.write_bytes(bytes(self.SHARED.size))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), self.SHARED.size)
        self._good, self._bad = self._identity("good"), self._identity("bad")
        self._handshakes = self._certificates = self._made = 0

    def _identity(self, name):
        certificate, key = self._folder / f"{name}.crt", self._folder / f"{name}.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                        f"/CN={name}", "-addext", "subjectAltName=DNS:store.example",
                        "-keyout", key, "-out", certificate], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context

    def fail(self, names=0, connects=0, handshakes=0, certificates=0):
        self._shared[:] = self.SHARED.pack(names, connects, self._told())
        self._handshakes, self._certificates = handshakes, certificates

    def _told(self):
        return self.SHARED.unpack(self._shared[:])[2]

    def end(self):
        """All goes well again; how often something went wrong."""
        made = self._made + self._told()
        self._shared[:] = bytes(self.SHARED.size)
        self._handshakes = self._certificates = self._made = 0
        return made

    async def shake_hands(self, reader, writer):
        if self._handshakes:
            self._handshakes -= 1
            self._made += 1
            await reader.read(1)
            await send(writer, HANDSHAKE_FAILURE)
            raise Gone
        if self._certificates:
            self._certificates -= 1
            self._made += 1
            await writer.start_tls(self._bad)
        else:
            await writer.start_tls(self._good)


class Proxy:
    def __init__(self, store_port, network):
        self._store_port = store_port
        self._network = network
        self.obey([])

    def obey(self, rules):
        """Put other rules in place; what was done until now."""
        log = getattr(self, "_log", [])
        if self._network:
            log += [["the network", "failed"]] * self._network.end()
        self._rules = [{"at": "every", "times": 1, **rule} for rule in rules]
        self._log, self._pages = [], 0
        return log

    def _rule_for(self, answer):
        truncated = b"<IsTruncated>true" in answer.body
        if b"<ListBucketResult" not in answer.body:
            return None
        self._pages += 1
        for rule in self._rules:
            here = {"first": self._pages == 1, "middle": self._pages > 1 and truncated,
                    "last": not truncated, "every": True}[rule["at"]]
            begun = rule.get("begun", False)
            if rule["times"] != 0 and (here or begun):
                rule["begun"] = True
                rule["times"] -= 1
                return rule
        return None

    async def serve_encrypted(self, reader, writer):
        try:
            await self._network.shake_hands(reader, writer)
        except (OSError, Gone):  # an ssl.SSLError is one: the client does not trust it
            writer.close()
            return
        await self.serve(reader, writer)

    async def serve(self, reader, writer):
        store = None
        try:
            while True:
                request = await read_message(reader)
                store = store or await asyncio.open_connection("127.0.0.1", self._store_port,
                                                               limit=1 << 20)
                await send(store[1], request.text(), request.body)
                is_head = request.line.startswith("HEAD ")
                answer = await read_message(store[0], lambda line: not is_head
                                            and line.split()[1] not in ("204", "304"))
                rule = self._rule_for(answer)
                self._log.append([request.line, rule["do"] if rule else "passed"])
                if rule is None:
                    await send(writer, answer.text() if is_head else answer.text(
                        [("Content-Length", len(answer.body))]), answer.body)
                elif rule["do"] == "network":
                    self._network.fail(**rule["fail"])
                    reset(writer)
                elif spoil(answer, request, rule):
                    await send_whole(writer, answer)
                else:
                    await break_off(writer, answer, rule)
        except (asyncio.IncompleteReadError, ConnectionError, Gone):
            pass
        finally:
            for end in (writer, store[1] if store else writer):
                end.close()


async def main():
    network = Network(pathlib.Path(sys.argv[2])) if len(sys.argv) > 2 else None
    proxy = Proxy(int(sys.argv[1]), network)
    for serve in [proxy.serve, *([proxy.serve_encrypted] if network else [])]:
        server = await asyncio.start_server(serve, "127.0.0.1", limit=1 << 20)
        print(server.sockets[0].getsockname()[1], flush=True)
    lines = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        print(json.dumps(proxy.obey(json.loads(line))), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
