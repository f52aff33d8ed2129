#!/usr/bin/env python3
"""Puts objects into the object stores of the tests, with signatures of its own, so that what is
tested is not what set the test up. Standard library only.

    tests/object_stores/s3_client.py STORE_AS_JSON <REQUESTS

STORE_AS_JSON is what a store's script prints. Takes a line of JSON for each request and answers it
with one; keys are percent-encoded, since they may be anything:

    {"do": "create", "bucket": B, "acl": "public-read"}       acl is optional
    {"do": "put", "bucket": B, "objects": [[KEY, CONTENT], …]}
    {"do": "delete", "bucket": B, "keys": [KEY, …]}
    {"do": "session"}    a role's credentials: access_key_id, secret_access_key, session_token
"""

import concurrent.futures
import datetime
import hashlib
import hmac
import http.client
import json
import re
import sys
import threading
import urllib.parse

THREADS = 8

ROLE_TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/nightshift"]},
     "Action": ["sts:AssumeRole"]}]}
ROLE_RIGHTS = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["s3:*"], "Resource": "arn:aws:s3:::*"}]}


def encoded(text, safe=""):
    return urllib.parse.quote(text, safe="-_.~" + safe)


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signed_headers(store, method, host, path, query, headers, body, service):
    """The headers with a signature over all of them: AWS Signature Version 4."""
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = {**headers, "host": host, "x-amz-date": now,
               "x-amz-content-sha256": hashlib.sha256(body).hexdigest()}
    names = ";".join(sorted(headers))
    canonical = "\n".join([method, path, query,
                           *(f"{name}:{headers[name]}" for name in sorted(headers)), "", names,
                           headers["x-amz-content-sha256"]])
    scope = f"{now[:8]}/{store['region']}/{service}/aws4_request"
    key = ("AWS4" + store["secret_access_key"]).encode()
    for word in scope.split("/"):
        key = digest(key, word)
    signature = digest(key, "\n".join(["AWS4-HMAC-SHA256", now, scope,
                                       hashlib.sha256(canonical.encode()).hexdigest()])).hex()
    headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={store['access_key_id']}/{scope}, "
                                f"SignedHeaders={names}, Signature={signature}")
    return headers


class Client:
    """Speaks with one store; from any thread, over a connection for each."""

    def __init__(self, store):
        self.store = store
        self._host = urllib.parse.urlsplit(store["endpoint_url"]).netloc
        self._local = threading.local()

    def request(self, method, path, body=b"", headers=None, query="", service="s3"):
        """The body of the answer to a request, which must succeed; the path is encoded already."""
        headers = signed_headers(self.store, method, self._host, path, query, headers or {}, body,
                                 service)
        target = path + ("?" + query if query else "")
        try:
            answer = self._send(method, target, headers, body)
        except (http.client.RemoteDisconnected, ConnectionError):  # it was kept for too long
            del self._local.connection
            answer = self._send(method, target, headers, body)
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]}")
        return text

    def _send(self, method, target, headers, body):
        if not hasattr(self._local, "connection"):
            self._local.connection = http.client.HTTPConnection(self._host, timeout=120)
        connection = self._local.connection
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.putheader("content-length", str(len(body)))
        connection.endheaders(body or None)
        return connection.getresponse()

    def create(self, bucket, acl=None):
        self.request("PUT", "/" + bucket, headers={"x-amz-acl": acl} if acl else {})

    def put(self, bucket, objects):
        """Pairs of a percent-encoded key and a text."""
        self._all("PUT", bucket, objects)

    def delete(self, bucket, keys):
        self._all("DELETE", bucket, [(key, "") for key in keys])

    def _all(self, method, bucket, objects):
        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            for _ in pool.map(lambda pair: self.request(
                    method, f"/{bucket}/{canonical_key(pair[0])}", pair[1].encode()), objects):
                pass

    def session(self):
        """Temporary credentials of a role that may do anything with the user's buckets."""
        name = "watcher"
        self._form(Action="CreateRole", RoleName=name, Path="/",
                   AssumeRolePolicyDocument=as_words(ROLE_TRUST))
        self._form(Action="PutRolePolicy", RoleName=name, PolicyName="all",
                   PolicyDocument=as_words(ROLE_RIGHTS))
        answer = self._form(Action="AssumeRole", RoleArn=f"arn:aws:iam:::role/{name}",
                            RoleSessionName="test").decode()
        return {ours: re.search(f"<{theirs}>(.*?)</{theirs}>", answer, re.DOTALL).group(1)
                for ours, theirs in (("access_key_id", "AccessKeyId"),
                                     ("secret_access_key", "SecretAccessKey"),
                                     ("session_token", "SessionToken"))}

    def _form(self, **fields):
        body = "&".join(f"{name}={encoded(value)}" for name, value in fields.items()).encode()
        return self.request("POST", "/", body,
                            {"content-type": "application/x-www-form-urlencoded"}, service="sts")


def as_words(document):
    return json.dumps(document, separators=(",", ":"))  # radosgw takes no spaces


def canonical_key(key):
    return encoded(urllib.parse.unquote_to_bytes(key), safe="/")


def carry_out(client, do, **arguments):
    if do not in ("create", "put", "delete", "session"):
        raise ValueError(f"nobody can {do}")
    return getattr(client, do)(**arguments) or {}


def main():
    client = Client(json.loads(sys.argv[1]))
    for line in sys.stdin:
        print(json.dumps(carry_out(client, **json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
