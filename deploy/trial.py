"""Start the files of this folder for real, on free ports of the loopback: what the tests and the load drill stand on.

Nothing of the files is changed but addresses, paths, the two passwords and the host's certificate; a value that is to
be changed and no longer stands in its file stops the trial. The commands of the units are the ones that run.
"""

import configparser
import os
import pwd
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from .browser import HOST, Browser

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
PATIENCE = 30  # seconds for a part to come up


class CannotTry(Exception):
    """A part is not installed or did not start; the text says which."""


def program(name: str, package: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if not found:
        raise CannotTry(f"{name} is not installed (apt-get install {package})")
    return found


def missing_programs() -> list[str]:
    """The parts that this machine lacks."""
    needed = {"nginx": "nginx", "redis-server": "redis-server", "openssl": "openssl"}
    lacking = [name for name in needed if not shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")]
    return lacking + ([] if list(Path("/usr/lib/postgresql").glob("*/bin/initdb")) else ["postgresql"])


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def filled(name: str, changes: dict[str, str]) -> str:
    """The text of a file of this folder, with what an operator would put in."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    for old, new in changes.items():
        if old not in text:
            raise CannotTry(f"{name} no longer has {old!r}")
        text = text.replace(old, new)
    return text


def unit(name: str, changes: dict[str, str]) -> configparser.SectionProxy:
    """The [Service] part of a unit, as systemd would read it."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string(filled(f"systemd/{name}", changes))
    return parser["Service"]


class Part:
    """A process in a group of its own, its output in a file."""

    def __init__(
        self, command: list[str], log: Path, *, environment=None, as_user: str = "", ending: int = signal.SIGKILL
    ):
        self.command, self.log, self.environment, self.ending = command, log, environment, ending
        self.as_user = as_user if os.geteuid() == 0 else ""
        self.start()

    def start(self):
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                user=self.as_user or None,
            )

    def wait_for(self, port: int):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        raise CannotTry(f"{self.command[0]} did not start: {self.log.read_text(errors='replace')[-2000:]}")

    def signal(self, number: int):
        """To the process and all it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def kill(self):
        """As when the plug is pulled: at once, with all that was under way."""
        self.signal(self.ending)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGTERM if self.ending == signal.SIGKILL else self.ending)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()


class Trial:
    """Two application servers behind nginx, with one PostgreSQL and one Redis. To be used as a context."""

    def __init__(self, folder: Path, **settings: str):
        self.folder, self.settings = folder, settings
        self.parts: dict[str, Part] = {}
        self.https, self.http, self.database, self.redis = (free_port() for _ in range(4))
        self.ports = {"a": free_port(), "b": free_port()}
        for name in ("media", "static", "log", "pages", "static-cache", "tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def __enter__(self):
        try:
            self._start_database()
            self._start_redis()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error):
        for part in reversed(self.parts.values()):
            part.stop()

    # --- the shared parts

    def _start_database(self):
        if "postgresql" in missing_programs():
            raise CannotTry("PostgreSQL is not installed (apt-get install postgresql)")
        folder = self.folder / "database"
        folder.mkdir()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
            for above in folder.parents:  # the way there must be open to it
                if above.stat().st_uid == 0 and not above.stat().st_mode & 0o001:
                    above.chmod(above.stat().st_mode | 0o011)
        binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[4]))[-1]
        user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        initdb = [str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "sdgplan", "--auth=trust", "--no-sync"]
        done = subprocess.run(
            [*initdb, "--encoding=UTF8", "--locale=C.UTF-8"], cwd=folder, capture_output=True, user=user, check=False
        )
        if done.returncode:
            raise CannotTry(f"initdb: {done.stderr.decode(errors='replace')[-1000:]}")
        text = filled("postgresql/sdgplan.conf", {"10.0.0.20": "127.0.0.1"})
        text += f"\nport = {self.database}\nunix_socket_directories = '{folder}'\n"
        with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as config:
            config.write(text)
        command = [str(binaries / "postgres"), "-D", str(folder / "data")]
        # SIGINT throws everybody out and stops. After SIGKILL its children, in sessions of their own, would linger.
        part = Part(command, self.folder / "log" / "database", as_user="postgres", ending=signal.SIGINT)
        self.parts["database"] = part
        part.wait_for(self.database)
        self.database_url = f"postgres://sdgplan@127.0.0.1:{self.database}/postgres"

    def _start_redis(self):
        changes = {"10.0.0.21": "127.0.0.1", "port 6379": f"port {self.redis}", "REDIS-PASSWORD": "only-for-trial"}
        config = self.folder / "redis.conf"
        config.write_text(filled("redis/sdgplan.conf", changes) + f"dir {self.folder / 'tmp'}\n", encoding="utf-8")
        command = [program("redis-server", "redis-server"), str(config)]
        self.parts["redis"] = Part(command, self.folder / "log" / "redis")
        self.parts["redis"].wait_for(self.redis)

    # --- the application servers

    def environment(self, server: str) -> dict[str, str]:
        """What systemd would hand to the units of *server*: its environment file, filled in."""
        changes = {
            "put-the-output-of-the-command-in-docs/deployment.md-here": "trial-" + "0123456789abcdef" * 4,
            "postgres://sdgplan:DATABASE-PASSWORD@10.0.0.20:5432/sdgplan": self.database_url,
            "REDIS-PASSWORD@10.0.0.21:6379": f"only-for-trial@127.0.0.1:{self.redis}",
            "/srv/sdgplan-static": str(self.folder / "static"),
            "/srv/sdgplan-media": str(self.folder / "media"),
            "/etc/sdgplan/backup/key.pem": str(self.folder / "backup-key.pem"),
            "10.0.0.11:8001": f"127.0.0.1:{self.ports[server]}",
        }
        lines = filled("environment.example", changes).splitlines()
        named = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        # A working copy's .env must not reach in; on a server there is none.
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {"DEBUG": "false"} | named | self.settings

    def command_of(self, name: str) -> list[str]:
        """The command of a unit, with this working copy in the place of the installed one."""
        command = shlex.split(unit(name, {})["ExecStart"])
        places = {
            "/srv/sdgplan/.venv/bin/python": sys.executable,
            "/srv/sdgplan/.venv/bin/gunicorn": str(Path(sys.executable).with_name("gunicorn")),
            "/etc/sdgplan/gunicorn.conf.py": str(DEPLOY / "gunicorn.conf.py"),
        }
        return [places.get(word, word) for word in command]

    def manage(self, *arguments: str, server: str = "a", check: bool = True, **settings) -> subprocess.CompletedProcess:
        """Run a management command with the settings of *server*."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment(server) | settings,
            capture_output=True,
            text=True,
            check=check,
            timeout=900,  # the demo takes long where others work
        )

    def script(self, text: str, **settings) -> str:
        """Run *text* inside the application; return what it printed. To prepare and to look, never to act."""
        prelude = "import django; django.setup()\n"
        environment = self.environment("a") | {"DJANGO_SETTINGS_MODULE": "sdgplan.settings"} | settings
        done = subprocess.run(
            [sys.executable, "-c", prelude + text],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CannotTry(done.stderr[-3000:])
        return done.stdout

    def start_unit(self, name: str, server: str) -> Part:
        """Start a unit on *server*; it stays until the trial ends or somebody stops it."""
        key = f"{name}@{server}"
        if key in self.parts:
            self.parts[key].start()
        else:
            log = self.folder / "log" / key
            self.parts[key] = Part(self.command_of(name), log, environment=self.environment(server))
        return self.parts[key]

    def start_server(self, server: str) -> Part:
        part = self.start_unit("sdgplan.service", server)
        part.wait_for(self.ports[server])
        return part

    def server(self, server: str) -> Part:
        return self.parts[f"sdgplan.service@{server}"]

    # --- the proxy

    def start_proxy(self):
        folder = self.folder
        key, certificate = folder / "privkey.pem", folder / "fullchain.pem"
        subprocess.run(
            [
                *(program("openssl", "openssl"), "req", "-x509", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"),
                *(
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:P-256",
                    "-keyout",
                    str(key),
                    "-out",
                    str(certificate),
                ),
            ],
            capture_output=True,
            check=True,
        )
        placed = {"/etc/nginx/snippets": str(folder), "/srv/sdgplan/deploy": str(DEPLOY)}
        for name, needed in {"proxy": (), "headers": (), "errors": placed}.items():
            snippet = filled(f"nginx/sdgplan-{name}.conf", {old: placed[old] for old in needed})
            (folder / f"sdgplan-{name}.conf").write_text(snippet, encoding="utf-8")
        changes = {
            "10.0.0.11:8001 max": f"127.0.0.1:{self.ports['a']} max",
            "10.0.0.12:8001 max": f"127.0.0.1:{self.ports['b']} max",
            "listen 80;": f"listen 127.0.0.1:{self.http};",
            "listen 443 ssl": f"listen 127.0.0.1:{self.https} ssl",
            "/etc/ssl/sdgplan": str(folder),
            "/var/log/nginx": str(folder / "log"),
            "/var/cache/nginx/sdgplan-pages": str(folder / "pages"),
            "/var/cache/nginx/sdgplan-static": str(folder / "static-cache"),
            "/etc/nginx/snippets": str(folder),
        }
        site = folder / "sdgplan.conf"
        site.write_text(filled("nginx/sdgplan.conf", changes), encoding="utf-8")
        temporary = "".join(
            f"{name}_temp_path {folder / 'tmp' / name};\n"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        # In the place of Debian's /etc/nginx/nginx.conf, which includes the site in the same way.
        main = folder / "nginx.conf"
        main.write_text(
            f"{'user root;' if os.geteuid() == 0 else ''}\ndaemon off;\nworker_processes 2;\npid {folder}/nginx.pid;\n"
            f"error_log {folder}/log/nginx warn;\nevents {{ worker_connections 768; }}\n"
            f"http {{\nsendfile on;\ntcp_nopush on;\ninclude /etc/nginx/mime.types;\n"
            f"default_type application/octet-stream;\n{temporary}include {site};\n}}\n",
            encoding="utf-8",
        )
        command = [program("nginx", "nginx"), "-c", str(main), "-e", str(folder / "log" / "nginx-start")]
        self.parts["proxy"] = Part(command, folder / "log" / "nginx-out")
        self.parts["proxy"].wait_for(self.https)

    # --- who uses it

    def browser(self, server: str = "") -> Browser:
        """Somebody at the site's own address, or, with *server*, one whom the proxy leads to that server."""
        return Browser(self.ports[server] if server else self.https, is_tls=not server)
