"""Ask for known vulnerabilities of all that is pinned, what serves and what tests.

Fail on one, and say plainly where nobody can be asked.

Called by .ci/run with the Python of the virtual environment. PyPI's advisories are asked first, those of OSV where PyPI
does not answer. A vulnerability that does not concern this site is named in IGNORED with the reason.
"""

import json
import subprocess
import sys

IGNORED: dict[str, str] = {}  # identifier: why it does not concern this site, and until when that holds
PINNED = ["-r", "requirements.txt", "-r", "requirements-dev.txt"]
COMMAND = ["-m", "pip_audit", *PINNED, "--disable-pip", "--no-deps", "--progress-spinner=off"]


def asked(service: str) -> list[dict]:
    """What one service says about each package; nothing when it cannot be reached or knows none of them."""
    command = [sys.executable, *COMMAND, f"--vulnerability-service={service}", "--format=json", "--timeout=10"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=240)
        packages = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return []
    return packages if any("vulns" in package for package in packages) else []


def main() -> int:
    packages = asked("pypi") or asked("osv")
    if not packages:
        print("NOT CHECKED: no vulnerability service can be reached from here (PyPI and OSV were asked).")
        return 0
    unknown = [package["name"] for package in packages if "vulns" not in package]
    found = [(package, vuln) for package in packages for vuln in package.get("vulns", ())]
    open_ones = [(package, vuln) for package, vuln in found if not IGNORED.keys() & {vuln["id"], *vuln["aliases"]}]
    for package, vuln in open_ones:
        fixed = ", ".join(vuln["fix_versions"]) or "none yet"
        print(f"VULNERABLE: {package['name']} {package['version']}: {vuln['id']} (fixed in {fixed})")
    print(f"{len(packages) - len(unknown)} packages, {len(open_ones)} open, {len(found) - len(open_ones)} ignored.")
    if unknown:
        print(f"Not known to the service: {', '.join(unknown)}")
    return 1 if open_ones else 0


if __name__ == "__main__":
    sys.exit(main())
