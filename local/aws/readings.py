"""Every type that can be read back, by its name."""

from __future__ import annotations

from local.aws.api_gateway_readings import API_GATEWAY_READINGS
from local.aws.further_readings import FURTHER_READINGS
from local.aws.lambda_readings import LAMBDA_READINGS
from local.aws.messaging_readings import MESSAGING_READINGS
from local.aws.watching_readings import WATCHING_READINGS

READINGS = {
    **API_GATEWAY_READINGS,
    **LAMBDA_READINGS,
    **MESSAGING_READINGS,
    **WATCHING_READINGS,
    **FURTHER_READINGS,
}
