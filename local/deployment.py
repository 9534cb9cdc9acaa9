"""Build with SAM and deploy to the emulator."""

import os
import platform
import subprocess
import sys
from typing import Any

import boto3
from botocore.config import Config

from local.anchors import Anchors
from local.daemon import tail
from local.mends.api_id import stable_id
from local.place import REGION, ROOT, STACK_NAME, Place, StackError

STAGE = "local"
_SAM = ROOT / ".venvs/sam/bin/sam"
_ARTIFACTS = "kairos-artifacts"
_ARM = ("arm64", "aarch64")


def client(place: Place, service: str) -> Any:
    """A boto3 client of the emulator, with the credentials of its root account."""
    return boto3.client(
        service,
        endpoint_url=place.endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - what the emulator takes
        config=Config(retries={"total_max_attempts": 2}),
    )


def api_url(place: Place) -> str:
    """Where the API answers, known before it exists (see local/mends/api_id.py)."""
    return f"{place.endpoint}/_aws/execute-api/{stable_id(STACK_NAME, 'Api')}/{STAGE}"


def start_build(place: Place) -> subprocess.Popen[bytes]:
    """Begin to build layers and functions for this machine; finish_build waits for it."""
    place.home.mkdir(parents=True, exist_ok=True)
    with place.log("build").open("w") as out:
        return subprocess.Popen(
            [
                _SAM, "build", "--parallel", "--cached",
                "--cache-dir", place.home / "cache",
                "--build-dir", place.home / "build",
                "--parameter-overrides", f"Architecture={_architecture()}",
            ],
            cwd=ROOT, env=_environment(place), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip


def finish_build(place: Place, build: subprocess.Popen[bytes]) -> None:
    """Wait for the build. Raises StackError, with the end of its log, if it failed."""
    if build.wait() != 0:
        log = place.log("build")
        raise StackError(f"`sam build` failed. Its log is {log}:\n{tail(log)}")


def deploy(place: Place, clock: Anchors) -> dict[str, str]:
    """Create or update the stack; answers its outputs. Raises StackError with the end of the log."""
    storage = client(place, "s3")
    if _ARTIFACTS not in [bucket["Name"] for bucket in storage.list_buckets()["Buckets"]]:
        storage.create_bucket(Bucket=_ARTIFACTS, CreateBucketConfiguration={"LocationConstraint": REGION})
    parameters = {
        "Stage": STAGE,
        "Architecture": _architecture(),
        "PublicUrl": api_url(place),
        "WaitScale": f"{clock.wait_scale:.9f}".rstrip("0").rstrip("."),
        "ClockRealAnchor": clock.real.isoformat(),
        "ClockShownAnchor": clock.shown.isoformat(),
    }
    log = place.log("deploy")
    with log.open("w") as out:
        done = subprocess.run(
            [
                _SAM, "deploy", "--config-env", "local", "--config-file", ROOT / "samconfig.toml",
                "--template-file", place.home / "build/template.yaml",
                "--stack-name", STACK_NAME, "--region", REGION, "--s3-bucket", _ARTIFACTS,
                "--parameter-overrides", *[f"{name}={value}" for name, value in parameters.items()],
            ],
            cwd=ROOT, env=_environment(place), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            check=False,
        )  # fmt: skip
    if done.returncode != 0:
        raise StackError(f"`sam deploy` failed. Its log is {log}:\n{tail(log)}")
    stack = client(place, "cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}


def owner_key(place: Place, outputs: dict[str, str]) -> str:
    """The deployment owner's API key."""
    found = client(place, "secretsmanager").get_secret_value(SecretId=outputs["OwnerKeySecretArn"])
    return str(found["SecretString"])


def _environment(place: Place) -> dict[str, str]:
    machine = platform.machine().lower()
    processor = "aarch64" if machine in _ARM else "x86_64"
    wheels = "apple-darwin" if sys.platform == "darwin" else "manylinux_2_28"
    foreign = ("AWS_", "SAM_CLI_", "PYTHONPATH", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | {
        "PATH": os.pathsep.join([str(ROOT / ".venvs/dev/bin"), os.environ.get("PATH", os.defpath)]),
        "AWS_ENDPOINT_URL": place.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.2",
        "LAMBDA_PLATFORM": f"{processor}-{wheels}",
        "UV": str(ROOT / ".tools/bin/uv"),
        "CORE": str(ROOT / "layers/core"),
        "PYTHON": sys.executable,
    }


def _architecture() -> str:
    return "arm64" if platform.machine().lower() in _ARM else "x86_64"
