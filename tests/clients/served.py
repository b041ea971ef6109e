"""A scenario served by `syncsim serve`, and its control interface, for the tests of clients."""

import json
import os
import pathlib
import signal
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).parent
SYNCSIM = os.environ.get("SYNCSIM", str(HERE.parent.parent / "target/release/syncsim"))
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Served:
    """Started, with its endpoints read; `stop` yields the ledger."""

    def __init__(self, scenario, *words):
        self.folder = tempfile.TemporaryDirectory()
        self.ca = os.path.join(self.folder.name, "ca.pem")
        command = [SYNCSIM, "serve", str(HERE / scenario), "--ca-out", self.ca]
        command += ["--control", "127.0.0.1:0", *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.endpoints, self.control = [], None
        for line in self.process.stdout:
            line = json.loads(line)
            if line["kind"] == "ready":
                break
            if line["kind"] == "endpoint":
                self.endpoints.append(line)
            if line["kind"] == "control":
                self.control = line["url"]
        else:
            raise RuntimeError(f"{command} did not get ready")
        self.tls = ssl.create_default_context(cafile=self.ca)

    def endpoint(self, protocol, tls):
        return next(e for e in self.endpoints if (e["protocol"], e["tls"]) == (protocol, tls))

    def place(self, protocol, tls):
        """Host and port."""
        host, port = self.endpoint(protocol, tls)["address"].rsplit(":", 1)
        return host, int(port)

    def login(self, name):
        """User name and password."""
        all_ = self.endpoints[0]["mailboxes"]
        found = next(one for one in all_ if one["address"].startswith(name + "@"))
        return found["user"], found["password"]

    def call(self, method, path, body=None):
        """JSON, or bytes, or the HTTPError."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.control + path, data, method=method)
        request.add_header("Content-Type", "application/json")
        with NO_PROXY.open(request, timeout=20) as answer:
            bytes_ = answer.read()
            if answer.headers.get("Content-Type") == "application/json":
                return json.loads(bytes_)
            return bytes_

    def deliver(self, mailbox, **what):
        return self.call("POST", f"/mailboxes/{urllib.parse.quote(mailbox)}/messages", what)

    def fault(self, **fault):
        return self.call("POST", "/faults", fault)

    def end_fault(self, name):
        return self.call("DELETE", f"/faults/{urllib.parse.quote(name)}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        lines, _ = self.process.communicate(timeout=20)
        assert self.process.returncode == 0, self.process.returncode
        self.folder.cleanup()
        ledger = json.loads(lines.strip().splitlines()[-1])
        assert ledger["kind"] == "ledger", ledger
        return ledger

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
