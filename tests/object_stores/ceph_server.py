#!/usr/bin/env python3
"""Ceph's S3 gateway on this machine alone: a monitor, one storage daemon that keeps everything in
memory, and radosgw, with TLS at a second port and with STS.

    tests/object_stores/ceph_server.py [KEYS_IN_A_PAGE] <PIPE

Prints a line of JSON: endpoint_url, tls_endpoint_url, ca_bundle, access_key_id, secret_access_key,
region. Lives as long as its standard input. Everything lies in a folder of its own, which goes with
it; needs no root."""

import json
import sys
import uuid

import daemons

ACCESS_KEY_ID, SECRET_ACCESS_KEY = "NIGHTSHIFTCEPH", "secret/Key+of=Ceph0123456789"

# Of cephx: radosgw does not get along without. Of paxos: it waits for a cluster to gather, which
# takes 16 of 18 seconds of a start.
CONFIGURATION = """[global]
fsid = {fsid}
mon_host = v2:127.0.0.1:{mon_port}
public_addr = 127.0.0.1
public_network = 127.0.0.0/8
ms_bind_ipv6 = false
keyring = {folder}/keyring
run_dir = {folder}
admin_socket = {folder}/$name.asok
log_file = {folder}/$name.log
crash_dir = {folder}
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pgp_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
osd_objectstore = memstore
memstore_device_bytes = 4294967296
mon_allow_pool_size_one = true
mon_data_avail_crit = 1
mon_data_avail_warn = 2
mon_max_pg_per_osd = 1000
mon_tick_interval = 1
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
[mon.a]
mon_data = {folder}/mon
[osd.0]
osd_data = {folder}/osd
keyring = {folder}/osd/keyring
[client.rgw.a]
rgw_data = {folder}/rgw
rgw_frontends = beast endpoint=127.0.0.1:{port} ssl_endpoint=127.0.0.1:{tls_port} ssl_certificate={folder}/tls.crt ssl_private_key={folder}/tls.key
rgw_max_listing_results = {page_size}
rgw_enable_usage_log = false
rgw_enable_ops_log = false
rgw_enable_gc_threads = false
rgw_enable_lc_threads = false
rgw_run_sync_thread = false
rgw_s3_auth_use_sts = true
rgw_sts_key = 16-bytes-for-sts
"""


class Cluster:
    def __init__(self, room, page_size):
        self.room, self.folder, self.page_size = room, room.folder, page_size
        self.mon_port, self.port, self.tls_port = (daemons.free_port() for _ in range(3))
        self.fsid = str(uuid.uuid4())
        self.configuration = self.folder / "ceph.conf"
        self.configuration.write_text(CONFIGURATION.format(**vars(self)))
        for name in ("mon", "osd", "rgw"):
            (self.folder / name).mkdir()

    def ceph(self, *words, text=None):
        return self.room.run("/usr/bin/python3", "/usr/bin/ceph", "--conf", self.configuration, *words,
                             text=text)

    def make_certificate(self):
        self.room.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                      "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                      "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "tls.key",
                      "-out", "tls.crt")

    def make_keys(self):
        everything = [word for part in ("mon", "osd", "mgr", "mds")
                      for word in ("--cap", part, "allow *")]
        for more in (["--create-keyring", "-n", "mon.", "--cap", "mon", "allow *"],
                     ["-n", "client.admin", *everything],
                     ["-n", "client.rgw.a", "--cap", "mon", "allow rw", "--cap", "osd", "allow rwx"]):
            self.room.run("ceph-authtool", "keyring", "--gen-key", *more)

    def start_mon(self):
        self.room.run("monmaptool", "--create", "--fsid", self.fsid, "--addv", "a",
                      f"[v2:127.0.0.1:{self.mon_port}]", "monmap")
        mon = ["ceph-mon", "--conf", self.configuration, "--id", "a"]
        self.room.run(*mon, "--mkfs", "--monmap", "monmap", "--keyring", "keyring")
        self.room.start("mon", *mon, "--foreground")

    def start_osd(self):
        osd_id = str(uuid.uuid4())
        self.room.run("ceph-authtool", "--create-keyring", "osd/keyring", "-n", "osd.0", "--gen-key")
        secret = self.room.run("ceph-authtool", "osd/keyring", "-n", "osd.0", "--print-key").strip()
        self.ceph("osd", "new", osd_id, "-i", "-", text=json.dumps({"cephx_secret": secret}))
        osd = ["ceph-osd", "--conf", self.configuration, "--id", "0"]
        self.room.run(*osd, "--mkfs", "--osd-uuid", osd_id)
        self.ceph("osd", "crush", "add", "osd.0", "1", "root=default", "host=here")
        self.room.start("osd", *osd, "--foreground")
        self.room.await_that("the storage daemon is up", lambda: " 1 up" in self.ceph("osd", "stat"))

    def start_gateway(self):
        self.room.start("rgw", "radosgw", "--conf", self.configuration, "--name", "client.rgw.a",
                        "--foreground")
        self.room.await_port(self.port)
        self.room.run("radosgw-admin", "--conf", self.configuration, "--name", "client.rgw.a", "user",
                      "create", "--uid=nightshift", "--display-name=nightshift",
                      f"--access-key={ACCESS_KEY_ID}", f"--secret-key={SECRET_ACCESS_KEY}",
                      "--max-buckets=0", "--caps=roles=*;user-policy=*")


def main():
    with daemons.Daemons() as room:
        cluster = Cluster(room, int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
        cluster.make_certificate()
        cluster.make_keys()
        cluster.start_mon()
        cluster.start_osd()
        cluster.start_gateway()
        daemons.announce(endpoint_url=f"http://127.0.0.1:{cluster.port}",
                         tls_endpoint_url=f"https://127.0.0.1:{cluster.tls_port}",
                         ca_bundle=str(cluster.folder / "tls.crt"), access_key_id=ACCESS_KEY_ID,
                         secret_access_key=SECRET_ACCESS_KEY, region="us-east-1")
        daemons.live_as_long_as_input()


if __name__ == "__main__":
    main()
