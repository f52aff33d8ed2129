#!/usr/bin/python3
"""OpenStack Swift with its S3 interface on this machine alone: Swift's proxy, account, container and
object servers as they are, in one process instead of four, which starts in half the time and leaves
the choice of free ports to the kernel. What Swift keeps in memcached, this keeps in a dictionary.

    tests/object_stores/swift_server.py [KEYS_IN_A_PAGE] <PIPE

Prints a line of JSON: endpoint_url, access_key_id, secret_access_key, region. Lives as long as its
standard input. Everything lies in a folder of its own, which goes with it; needs no root, but
extended attributes where temporary files are. Of Debian's packages it needs python3-swift alone."""

import array
import json
import logging
import os
import sys
import time

import daemons

import eventlet
from eventlet import hubs, wsgi
from swift.common import utils

utils.eventlet_monkey_patch()

from swift.common.ring import RingData  # noqa: E402 (after the patch)
from swift.common.wsgi import SwiftHttpProtocol, loadapp  # noqa: E402

ACCESS_KEY_ID, SECRET_ACCESS_KEY, REGION = "nightshift:tester", "swiftSecretKey0123", "north-1"

SWIFT = """[swift-hash]
swift_hash_path_prefix = nightshift
swift_hash_path_suffix = nightshift
[storage-policy:0]
name = gold
default = yes
"""

STORAGE = """[DEFAULT]
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
disable_fallocate = true
recon_cache_path = {folder}
log_address = {folder}/nowhere
log_udp_host =
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
replication_server = false
"""

PROXY = """[DEFAULT]
swift_dir = {folder}
log_address = {folder}/nowhere
[pipeline:main]
pipeline = catch_errors gatekeeper listing_formats s3api tempauth slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = {region}
max_bucket_listing = {page_size}
dns_compliant_bucket_names = true
[filter:tempauth]
use = egg:swift#tempauth
user_{user} = {secret} .admin
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:versioned_writes]
use = egg:swift#versioned_writes
[filter:symlink]
use = egg:swift#symlink
"""


class Cache:
    """What Swift wants of memcached; values go through JSON, as there."""

    def __init__(self):
        self._entries = {}

    def get(self, key, **_):
        text, until = self._entries.get(key, ("null", 0))
        return json.loads(text) if time.time() < until else None

    def set(self, key, value, **more):
        self._entries[key] = (json.dumps(value), time.time() + (more.get("time") or 3600))

    def delete(self, key, **_):
        self._entries.pop(key, None)

    def incr(self, key, delta=1, **more):
        self.set(key, (self.get(key) or 0) + delta, **more)
        return self.get(key)

    def get_multi(self, keys, _server_key, **_):
        return [self.get(key) for key in keys]

    def set_multi(self, mapping, _server_key, **more):
        for key, value in mapping.items():
            self.set(key, value, **more)


def with_cache(application):
    cache = Cache()

    def answer(environment, start_response):
        environment["swift.cache"] = cache
        return application(environment, start_response)
    return answer


def serve(room, listening, name, configuration, wrap=lambda application: application):
    path = room.folder / f"{name}-server.conf"
    path.write_text(configuration)
    silent = logging.getLogger("silent")
    silent.disabled = True
    eventlet.spawn(wsgi.server, listening, wrap(loadapp(str(path))), silent,
                   protocol=SwiftHttpProtocol, log_output=False)


def start(room, page_size):
    (room.folder / "devices" / "one").mkdir(parents=True)
    (room.folder / "swift.conf").write_text(SWIFT)
    utils.set_swift_dir(str(room.folder))
    sockets = {kind: eventlet.listen((daemons.HOST, 0))
               for kind in ("account", "container", "object", "proxy")}
    for kind in ("account", "container", "object"):
        device = {"id": 0, "region": 1, "zone": 1, "ip": daemons.HOST, "device": "one", "weight": 1,
                  "port": sockets[kind].getsockname()[1]}
        # One device, which every one of the four partitions is on.
        RingData([array.array("H", [0] * 4)], [device], 30).save(str(room.folder / f"{kind}.ring.gz"))
    for kind in ("account", "container", "object"):
        serve(room, sockets[kind], kind, STORAGE.format(folder=room.folder, kind=kind))
    serve(room, sockets["proxy"], "proxy", PROXY.format(
        folder=room.folder, region=REGION, page_size=page_size, user=ACCESS_KEY_ID.replace(":", "_"),
        secret=SECRET_ACCESS_KEY), with_cache)
    return sockets["proxy"].getsockname()[1]


def main():
    with daemons.Daemons() as room:
        port = start(room, int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
        daemons.announce(endpoint_url=f"http://127.0.0.1:{port}", access_key_id=ACCESS_KEY_ID,
                         secret_access_key=SECRET_ACCESS_KEY, region=REGION)
        while True:
            hubs.trampoline(sys.stdin.fileno(), read=True)
            if not os.read(sys.stdin.fileno(), 4096):
                return


if __name__ == "__main__":
    main()
