"""Functions and code in a local AWS, for tests."""

from __future__ import annotations

import io
import uuid
import zipfile

from local.aws.account import LocalAccount


def zip_of(**files: str) -> bytes:
    """A zip with these files; ``__`` in a name is a slash, and each ends in ``.py``."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name.replace('__', '/')}.py", content)
    return body.getvalue()


def asset(account: LocalAccount, source: str) -> dict[str, str]:
    """A zip in a bucket, as a template refers to it."""
    bucket = f"assets-{uuid.uuid4().hex}"
    s3 = account.clients.of("s3")
    s3.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": account.clients.region}
    )
    s3.put_object(Bucket=bucket, Key="code.zip", Body=zip_of(index=source))
    return {"S3Bucket": bucket, "S3Key": "code.zip"}


def new_function(account: LocalAccount) -> str:
    """A function that nobody may call; its ARN."""
    role = account.clients.of("iam").create_role(
        RoleName=f"role-{uuid.uuid4().hex}", AssumeRolePolicyDocument="{}"
    )
    answer = account.clients.of("lambda").create_function(
        FunctionName=f"function-{uuid.uuid4().hex}",
        Runtime="python3.14",
        Handler="index.handler",
        Role=role["Role"]["Arn"],
        Code={"ZipFile": zip_of(index="")},
    )
    return str(answer["FunctionArn"])
