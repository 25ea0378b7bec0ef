"""Restrictions of every container, and the documentation of compose.yml's variables."""

import re
from typing import Any

import pytest
import yaml
from django.conf import settings

FILES = ["compose.yml", "compose.development.yml"]
TEXTS = {name: (settings.BASE_DIR / name).read_text() for name in FILES}
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXTS["compose.yml"])["services"]
BUILT_HERE = {name for name, service in SERVICES.items() if "build" in service}


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert [name for name, service in SERVICES.items() if "front" in service.get("networks", [])] == [
        "app-api-django",
        "nginx",
    ]


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_has_minimal_privileges(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert not service.get("privileged")
    assert "user" in service or name in BUILT_HERE | {"memcached", "secrets"}, "these images have a user of their own"


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"secrets"}))
def test_a_service_has_a_health_check_and_limits(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert "mem_limit" in service
    assert "healthcheck" in service or name in BUILT_HERE, "the images built here have one"


def test_every_dependency_has_to_be_healthy() -> None:
    conditions = {
        (name, other, need["condition"])
        for name, service in SERVICES.items()
        for other, need in service.get("depends_on", {}).items()
    }
    assert {other for name, other, _ in conditions if name == "nginx"} == {"app-api-django"}
    for _, other, condition in conditions:
        assert condition == ("service_completed_successfully" if other == "secrets" else "service_healthy")


def test_the_file_contains_no_secret() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"KEY|PASSWORD|SECRET|DATABASE_URL", name):
                assert re.fullmatch(r"|/run/secrets/.*|\$\{[A-Z_]+:-\}", value), f"{name}={value}"


# --- Development ----------------------------------------------------------------------------------------------------


class Loader(yaml.SafeLoader):
    """Reads Compose's own tag `!override` as the value that it is on."""


Loader.add_constructor("!override", yaml.SafeLoader.construct_yaml_seq)
DEVELOPMENT: dict[str, Any] = yaml.load(TEXTS["compose.development.yml"], Loader)
DATABASES = {"mysql": 3306, "postgres": 5432, "memcached": 11211, "redis": 6379}


def test_development_publishes_on_this_machine_only() -> None:
    published = {name: service["ports"] for name, service in DEVELOPMENT["services"].items() if "ports" in service}
    assert published.keys() == {"app-api-django", "nginx", *DATABASES}
    for ports in published.values():
        assert [port for port in ports if not re.fullmatch(r"127\.0\.0\.1:\$\{[A-Z]+_PORT:-\d+\}:\d+", port)] == []


def test_each_database_has_its_usual_port_on_a_network_that_publishes_ports() -> None:
    for name, port in DATABASES.items():
        assert DEVELOPMENT["services"][name]["ports"] == [f"127.0.0.1:${{{name.upper()}_PORT:-{port}}}:{port}"]
        assert SERVICES[name]["networks"] == ["back"]
    assert DEVELOPMENT["networks"] == {"back": {"internal": False}}


def test_nginx_replaces_the_ports_of_production_and_leaves_static_files_to_the_application() -> None:
    assert "    ports: !override\n      - 127.0.0.1:${NGINX_PORT:-8081}:80\n" in TEXTS["compose.development.yml"]
    assert DEVELOPMENT["services"]["nginx"]["environment"] == {"NGINX_STATIC": "app"}
    assert DEVELOPMENT["services"]["app-api-django"]["environment"]["TRUSTED_PROXY_COUNT"].endswith(":-1}")


def test_a_database_starts_with_nginx_too() -> None:
    """Naming a profile switches the default off, with which MySQL starts otherwise."""
    assert "" in SERVICES["mysql"]["profiles"]
    assert DEVELOPMENT["services"]["mysql"]["profiles"] == DEVELOPMENT["services"]["nginx"]["profiles"] == ["nginx"]


def test_ports_differ() -> None:
    defaults = re.findall(r"_PORT:-(\d+)\}", TEXTS["compose.development.yml"])
    assert len(defaults) == len(set(defaults)) == 6


@pytest.mark.parametrize("name", FILES)
def test_a_variable_is_in_the_sample(name: str) -> None:
    known = set(re.findall(r"^(?:# )?([A-Z_]+)=", (settings.BASE_DIR / ".env.sample").read_text(), re.MULTILINE))
    read = set(re.findall(r"\$\{([A-Z_]+)", TEXTS[name]))
    assert read
    assert read - known <= {"COMPOSE_PROJECT_NAME"}
