"""The real parts that a run needs, each started on a free port of the loopback and stopped by its own process id."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
WORKERS = 2
PATIENCE = 30  # seconds for a server to come up


class CannotMeasure(Exception):
    """A part that a row needs is missing or did not start; the text says which."""


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def wait_for(port: int, process: subprocess.Popen, log: Path):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise CannotMeasure(f"no answer on port {port}: {log.read_text(errors='replace')[-2000:]}")


class Server:
    """A process that answers HTTP, with the CPU time of it and its children."""

    def __init__(self, command: list[str], port: int, log: Path, env: dict | None = None):
        self.port, self.log = port, log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | (env or {}), stdout=out, stderr=subprocess.STDOUT
            )
        wait_for(port, self.process, log)

    def _family(self) -> list[psutil.Process]:
        master = psutil.Process(self.process.pid)
        return [master, *master.children(recursive=True)]

    def cpu_ms(self) -> float:
        """User and system time so far of the server's living processes, in milliseconds."""
        return sum(1000 * (times.user + times.system) for times in (p.cpu_times() for p in self._family()))

    def peak_mb(self) -> float:
        """Resident memory of all processes now, in MB."""
        return sum(process.memory_info().rss for process in self._family()) / 1e6

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def gunicorn(application: str, log: Path, env: dict | None = None) -> Server:
    port = free_port()
    command = [PYTHON, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS)]
    command += ["--worker-class", "sync", "--no-control-socket"]
    return Server(command, port, log, env)


class PostgreSQL:
    """A cluster of our own from Debian's package, as fast and as forgetful as a test may be (fsync off)."""

    def __init__(self, folder: Path):
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
        if not found:
            raise CannotMeasure("PostgreSQL is not installed (apt-get install postgresql)")
        self._bin, self._folder, self.port = found[-1].parent, folder, free_port()
        self._as = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
            self._as = ["runuser", "-u", "postgres", "--"]
        self._run(
            "initdb", "-D", str(folder / "data"), "-U", "sdgplan", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"
        )
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={folder} -c fsync=off"
        self._run("pg_ctl", "-D", str(folder / "data"), "-w", "-l", str(folder / "log"), "-o", options, "start")
        self.url = f"postgres://sdgplan@127.0.0.1:{self.port}/postgres"

    def _run(self, tool: str, *arguments: str):
        done = subprocess.run(
            [*self._as, str(self._bin / tool), *arguments],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        if done.returncode:
            raise CannotMeasure(f"{tool}: {done.stderr.decode(errors='replace')[-1000:]}")

    def stop(self):
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop")


NGINX = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    default_type text/html;
    sendfile on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    proxy_cache_path {folder}/cache keys_zone=pages:10m max_size=100m;
    gzip on;
    gzip_vary on;
    gzip_proxied any;
    gzip_types text/css application/javascript text/javascript image/svg+xml application/json;
    server {{
        listen 127.0.0.1:{port};
        location /file/ {{ alias {folder}/files/; }}
        location /static/ {{
            proxy_pass http://127.0.0.1:{behind};
            proxy_set_header Host 127.0.0.1;
            proxy_set_header X-Forwarded-Proto https;
        }}
        location / {{
            proxy_set_header Accept-Encoding "";
            proxy_pass http://127.0.0.1:{behind};
            proxy_set_header Host 127.0.0.1;
            proxy_set_header X-Forwarded-Proto https;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_cache pages;
            proxy_cache_valid 200 1s;
            proxy_cache_lock on;
            proxy_cache_use_stale updating;
            proxy_ignore_headers Cache-Control Expires Vary;
            proxy_cache_bypass $http_cookie $http_authorization;
            proxy_no_cache $http_cookie $http_authorization;
        }}
    }}
}}
"""


def nginx(folder: Path, behind: int) -> Server:
    """nginx before the application on port *behind*, with a cache of one second; /file/ serves *folder*/files."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not program:
        raise CannotMeasure("nginx is not installed (apt-get install nginx)")
    port = free_port()
    (folder / "files").mkdir(parents=True, exist_ok=True)
    (folder / "cache").mkdir(exist_ok=True)
    if os.geteuid() == 0:  # its workers run as www-data then
        folder.chmod(0o755)
        shutil.chown(folder / "cache", "www-data")
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, behind=behind), encoding="ascii")
    return Server([program, "-c", str(config), "-e", str(folder / "nginx-start.log")], port, folder / "nginx.out")
