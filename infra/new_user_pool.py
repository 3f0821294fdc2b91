"""A user pool to begin with, made so that a session can be checked and its bearer do little."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.function_options import Removal

#: The group that the example's ``/admin`` asks for.
ADMIN_GROUP = "admins"


class NewUserPool(Construct):
    """Users sign in by e-mail address, and only administrators create them."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        client_names: Sequence[str],
        removal_policy: Removal,
    ) -> None:
        """
        Args:
            client_names: an app client is made for each.
            removal_policy: what becomes of the users when the stack is deleted.
        """
        super().__init__(scope, id)
        self.user_pool = cognito.UserPool(
            self,
            "Pool",
            sign_in_aliases=cognito.SignInAliases(email=True),
            self_sign_up_enabled=False,
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_digits=True,
                require_lowercase=True,
                require_uppercase=True,
                require_symbols=True,
            ),
            deletion_protection=removal_policy is Removal.RETAIN,
            removal_policy=removal_policy.policy,
        )
        cognito.CfnUserPoolGroup(
            self,
            "Admins",
            user_pool_id=self.user_pool.user_pool_id,
            group_name=ADMIN_GROUP,
            description="May call the example's /admin",
        )
        self.clients = {name: self._client(name) for name in client_names}

    def _client(self, name: str) -> cognito.UserPoolClient:
        return self.user_pool.add_client(
            name,
            # No password goes to an open endpoint: SRP for apps, signed calls for operators.
            auth_flows=cognito.AuthFlow(user_srp=True, admin_user_password=True),
            # The pool has no domain, so there is nothing to send a browser to.
            disable_o_auth=True,
            # Gives tokens the origin_jti that names their session.
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
            access_token_validity=cdk.Duration.hours(1),
            id_token_validity=cdk.Duration.hours(1),
            refresh_token_validity=cdk.Duration.days(30),
            # The scope that lets a session be checked lets its bearer edit attributes, too:
            # these two, and not the e-mail address that the user signs in with.
            write_attributes=cognito.ClientAttributes().with_standard_attributes(
                locale=True, timezone=True
            ),
        )
