"""Who reaches the UI: the webserver listens on this machine only, a read-only one launches nothing, and the proxy of
deploy/nginx.conf lets nobody through without a login. With real nginx, if it is installed.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import requests
import trustme
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pipelines.servers import Dagster, free_port
from tests.drills.processes import REPOSITORY, processes, wait_until

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800)]

_LAUNCH = """
mutation { launchPartitionBackfill(backfillParams: {assetSelection: [{path: ["nbs_income", "documents"]}], partitionNames: ["2019"]})
  { __typename } }
"""


def listening(port: int) -> set[str]:
    """Local addresses, as the kernel writes them, on which somebody listens at that port."""
    found = set()
    for name in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{name}").read_text(encoding="utf-8").splitlines()[1:]:
            address, state = line.split()[1], line.split()[3]
            if state == "0A" and int(address.rpartition(":")[2], 16) == port:
                found.add(address.partition(":")[0])
    return found


def test_the_ui_is_local_and_can_be_read_only(tmp_path: Path) -> None:
    variables = {"PROSPERITY_HOME": str(tmp_path / "home")}
    with processes(tmp_path / "logs") as started:
        port = free_port()
        started.serve("readonly", variables, "webserver", "--port", str(port), "--read-only")
        readonly = Dagster(f"http://127.0.0.1:{port}")
        wait_until(lambda: bool(listening(port)), 180, "the webserver listens")
        assert listening(port) == {"0100007F"}, "127.0.0.1 and nothing else"
        wait_until(lambda: bool(readonly.graphql("{ version }")["version"]), 60, "it answers")
        answer = readonly.graphql(_LAUNCH)["launchPartitionBackfill"]
        assert answer == {"__typename": "UnauthorizedError"}


def test_nobody_passes_the_proxy_without_a_login(tmp_path: Path, httpserver: HTTPServer) -> None:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None or shutil.which("htpasswd") is None:
        pytest.skip("no nginx on this machine (Debian: apt-get install nginx-light apache2-utils)")
    authority = trustme.CA()
    certificate = authority.issue_cert(
        "prosperity.institute.example", "operate.institute.example", "127.0.0.1"
    )
    certificate.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    certificate.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    users = tmp_path / "operators"
    subprocess.run(["htpasswd", "-bc", str(users), "olga", "right"], check=True, capture_output=True)
    users.chmod(0o644)

    # In the place of both webservers and of the login service: says who asked for what.
    httpserver.expect_request("/oauth2/auth").respond_with_handler(
        lambda request: Response(status=202 if request.cookies.get("session") == "good" else 401)
    )
    httpserver.expect_request("/oauth2/sign_in").respond_with_data("sign in here")
    seen: list[Request] = []
    httpserver.expect_request("/graphql").respond_with_handler(
        lambda request: (seen.append(request), Response("graphql"))[1]
    )

    port = free_port()
    text = (REPOSITORY / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/etc/ssl/prosperity.pem", str(tmp_path / "cert.pem")),
        ("/etc/ssl/private/prosperity.key", str(tmp_path / "key.pem")),
        ("/etc/nginx/prosperity-operators", str(users)),
        *((f"127.0.0.1:{number}", f"127.0.0.1:{httpserver.port}") for number in (3000, 3001, 4180)),
    ):
        assert old in text
        text = text.replace(old, new)
    main = f"daemon off; user root; pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}\nhttp {{ access_log off;\n{text}\n}}\n"
    (tmp_path / "nginx.conf").write_text(main, encoding="utf-8")
    tmp_path.chmod(0o755)
    with processes(tmp_path / "logs") as started:
        child = started.start("nginx", [nginx, "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)], {})
        wait_until(lambda: bool(listening(port)), 30, f"nginx listens: {child.words()}")

        def asked(host: str, **options: object) -> requests.Response:
            return requests.get(
                f"https://127.0.0.1:{port}/graphql", headers={"Host": host}, timeout=10,
                verify=str(tmp_path / "authority.pem"), **options,  # type: ignore[arg-type]
            )  # fmt: skip

        operators, readers = "operate.institute.example", "prosperity.institute.example"
        assert asked(operators).status_code == 401
        assert asked(operators, auth=("olga", "wrong")).status_code == 401
        assert asked(readers).text == "sign in here", "a stranger is sent to log in"
        assert asked(readers, cookies={"session": "forged"}).text == "sign in here"
        assert seen == [], "none of these reached the UI"
        assert asked(operators, auth=("olga", "right")).text == "graphql"
        assert asked(readers, cookies={"session": "good"}).text == "graphql"
        assert [request.headers.get("Authorization", "") for request in seen] == ["", ""], (
            "the login goes no further"
        )
