"""Chooses settings for a load: what they delay, ask of Cognito, and cost.

1. :mod:`ops.plan.quotas` reads the account's actual quotas.
2. :mod:`ops.plan.planning` lets :mod:`simulation` choose, and price the alternatives.
3. :mod:`ops.plan.context` says it in ``cdk.json``'s words.
4. :mod:`ops.plan.chart` draws delay against calls and cost.

There is no model in here: every number comes from the simulation or from AWS.
"""
