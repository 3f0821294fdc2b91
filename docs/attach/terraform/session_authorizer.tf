terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.0" }
  }
}

# Read at each plan. The account and Region are those of the provider.
data "aws_ssm_parameter" "session" {
  for_each = toset([
    "function-arn", "gateway-ttl-seconds", "rest-identity-source", "http-identity-source",
  ])
  name = "/CognitoSessionAuthorizer/authorizer/${each.key}"
}

# A deployment of the authorizer with tokenSource=query:token, because browsers can't set a header
# when they connect.
data "aws_ssm_parameter" "socket_session" {
  for_each = toset(["function-arn", "websocket-identity-source"])
  name     = "/CognitoSessionAuthorizerSockets/authorizer/${each.key}"
}

locals {
  # "insecure" is Terraform's word for values that a plan may show; none of these is a secret.
  function_arn              = data.aws_ssm_parameter.session["function-arn"].insecure_value
  gateway_ttl_seconds       = tonumber(data.aws_ssm_parameter.session["gateway-ttl-seconds"].insecure_value)
  rest_identity_source      = data.aws_ssm_parameter.session["rest-identity-source"].insecure_value
  http_identity_source      = data.aws_ssm_parameter.session["http-identity-source"].insecure_value
  socket_function_arn       = data.aws_ssm_parameter.socket_session["function-arn"].insecure_value
  websocket_identity_source = data.aws_ssm_parameter.socket_session["websocket-identity-source"].insecure_value

  # arn:<partition>:lambda:<region>:...
  uri_prefix            = "arn:${split(":", local.function_arn)[1]}:apigateway:${split(":", local.function_arn)[3]}:lambda:path/2015-03-31/functions"
  authorizer_uri        = "${local.uri_prefix}/${local.function_arn}/invocations"
  socket_authorizer_uri = "${local.uri_prefix}/${local.socket_function_arn}/invocations"
}
