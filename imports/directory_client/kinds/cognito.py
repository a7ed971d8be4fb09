"""Amazon Cognito user pools: InitiateAuth with USER_PASSWORD_AUTH, then GetUser.

Both are plain HTTPS requests that need no AWS credentials; finding a user without a password does
(AdminGetUser), so there is no look-up. The app client has to allow ALLOW_USER_PASSWORD_AUTH.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from imports.directory_client.contract import Answer, DirectoryError, Verdict
from imports.directory_client.http_client import HttpClient
from imports.directory_client.kind import CLAIMS, Kind, map_fields
from imports.directory_client.transport import Reply

TARGET = "AWSCognitoIdentityProviderService."
CONTENT_TYPE = "application/x-amz-json-1.1"
# A pool may be set to tell unknown users apart; by default it says NotAuthorized to both.
REFUSALS = {
    "NotAuthorizedException": Verdict.REFUSED,
    "UserNotFoundException": Verdict.UNKNOWN_USER,
    "UserNotConfirmedException": Verdict.REFUSED,
    "PasswordResetRequiredException": Verdict.REFUSED,
}


class CognitoClient(HttpClient):
    """One app client of a user pool."""

    kind = Kind(
        name="cognito",
        label="Amazon Cognito",
        help_text="The URL is https://cognito-idp.REGION.amazonaws.com. Enter the client id of an"
        " app client that allows ALLOW_USER_PASSWORD_AUTH, and its secret if it has one. Users who"
        " must choose a new password at Cognito, or whose multi-factor authentication is on, cannot"
        " be migrated at sign-in, because Cognito does not return their profile.",
        mapping=map_fields(CLAIMS),
        required=("client_id",),
    )

    def verify(self, identifier: str, password: str) -> Answer:
        self._transport.secrets.append(password)
        parameters = {"USERNAME": identifier, "PASSWORD": password}
        if self._connection.secret:
            parameters["SECRET_HASH"] = self._prove_client(identifier)
        reply = self._call(
            "InitiateAuth",
            {
                "AuthFlow": "USER_PASSWORD_AUTH",
                "ClientId": self._connection.client_id,
                "AuthParameters": parameters,
            },
        )
        if not reply.is_success:
            return _read_refusal(reply)
        found = reply.json()
        result = found.get("AuthenticationResult")
        token = result.get("AccessToken") if isinstance(result, dict) else None
        if not isinstance(token, str):
            # A challenge: the password was right, but there is no token to get the profile with.
            return Answer(Verdict.REFUSED, detail=str(found.get("ChallengeName", "no token")))
        self._transport.secrets.append(token)
        return Answer(Verdict.MIGRATE, self._read_user(token))

    def look_up(self, identifier: str) -> Answer:
        raise DirectoryError("Cognito cannot be asked for users without AWS credentials.")

    def _prove_client(self, username: str) -> str:
        message = (username + self._connection.client_id).encode()
        digest = hmac.new(self._connection.secret.encode(), message, hashlib.sha256).digest()
        return base64.b64encode(digest).decode()

    def _read_user(self, token: str) -> dict[str, Any]:
        reply = self._call("GetUser", {"AccessToken": token})
        attributes = reply.json().get("UserAttributes") if reply.is_success else None
        if not isinstance(attributes, list):
            raise DirectoryError(f"Cognito gave no profile: {_read_error(reply)}.")
        return {
            str(item.get("Name")): item.get("Value")
            for item in attributes
            if isinstance(item, dict)
        }

    def _call(self, action: str, body: dict[str, Any]) -> Reply:
        return self._transport.send(
            "POST",
            self._locate(""),
            json_body=body,
            headers={"x-amz-target": TARGET + action},
            content_type=CONTENT_TYPE,
        )


def _read_refusal(reply: Reply) -> Answer:
    error = _read_error(reply)
    if error not in REFUSALS:
        raise DirectoryError(f"Cognito answered with status {reply.status}: {error}.")
    return Answer(REFUSALS[error], detail=error)


def _read_error(reply: Reply) -> str:
    try:
        # “prefix#Name” in some versions of the protocol.
        return str(reply.json().get("__type", "")).rpartition("#")[2]
    except DirectoryError:
        return ""


CLIENT = CognitoClient
