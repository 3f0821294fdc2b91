resource "aws_api_gateway_rest_api" "orders" {
  name = "orders"
  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_authorizer" "session" {
  name           = "session"
  rest_api_id    = aws_api_gateway_rest_api.orders.id
  type           = "REQUEST"
  authorizer_uri = local.authorizer_uri
  # Both as exported: the gateway caches under the place from which the function reads. Left out,
  # the TTL would be 300.
  identity_source                  = local.rest_identity_source
  authorizer_result_ttl_in_seconds = local.gateway_ttl_seconds
}

resource "aws_lambda_permission" "rest_authorizer" {
  action        = "lambda:InvokeFunction"
  function_name = local.function_arn
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.orders.execution_arn}/authorizers/${aws_api_gateway_authorizer.session.id}"
}

resource "aws_api_gateway_resource" "orders" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  parent_id   = aws_api_gateway_rest_api.orders.root_resource_id
  path_part   = "orders"
}

resource "aws_api_gateway_method" "list_orders" {
  rest_api_id   = aws_api_gateway_rest_api.orders.id
  resource_id   = aws_api_gateway_resource.orders.id
  http_method   = "GET"
  authorization = "CUSTOM"
  authorizer_id = aws_api_gateway_authorizer.session.id
}

resource "aws_api_gateway_integration" "list_orders" {
  rest_api_id             = aws_api_gateway_rest_api.orders.id
  resource_id             = aws_api_gateway_resource.orders.id
  http_method             = aws_api_gateway_method.list_orders.http_method
  type                    = "HTTP_PROXY"
  integration_http_method = "GET"
  uri                     = "https://orders.example.com/orders"
}

resource "aws_api_gateway_gateway_response" "unauthorized" {
  rest_api_id   = aws_api_gateway_rest_api.orders.id
  response_type = "UNAUTHORIZED"
  status_code   = "401"
  response_parameters = {
    "gatewayresponse.header.WWW-Authenticate" = "'Bearer error=\"invalid_token\"'"
  }
  response_templates = { "application/json" = "{\"message\":\"Unauthorized\"}" }
}

resource "aws_api_gateway_gateway_response" "access_denied" {
  rest_api_id   = aws_api_gateway_rest_api.orders.id
  response_type = "ACCESS_DENIED"
  status_code   = "403"
  response_parameters = {
    "gatewayresponse.header.WWW-Authenticate" = "'Bearer error=\"insufficient_scope\"'"
  }
  response_templates = { "application/json" = "{\"message\":\"Forbidden\"}" }
}

# Nobody could say whether the session lives: not the caller's fault, and worth a retry.
resource "aws_api_gateway_gateway_response" "authorizer_failure" {
  rest_api_id         = aws_api_gateway_rest_api.orders.id
  response_type       = "AUTHORIZER_FAILURE"
  status_code         = "503"
  response_parameters = { "gatewayresponse.header.Retry-After" = "'1'" }
  response_templates  = { "application/json" = "{\"message\":\"Service Unavailable\"}" }
}

resource "aws_api_gateway_gateway_response" "authorizer_configuration_error" {
  rest_api_id         = aws_api_gateway_rest_api.orders.id
  response_type       = "AUTHORIZER_CONFIGURATION_ERROR"
  status_code         = "503"
  response_parameters = { "gatewayresponse.header.Retry-After" = "'1'" }
  response_templates  = { "application/json" = "{\"message\":\"Service Unavailable\"}" }
}

resource "aws_api_gateway_deployment" "orders" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  # A stage knows of a changed TTL or method only once the API is deployed anew.
  triggers = {
    redeployment = sha1(jsonencode([
      aws_api_gateway_authorizer.session,
      aws_api_gateway_method.list_orders,
      aws_api_gateway_integration.list_orders,
      aws_api_gateway_gateway_response.unauthorized,
      aws_api_gateway_gateway_response.access_denied,
      aws_api_gateway_gateway_response.authorizer_failure,
      aws_api_gateway_gateway_response.authorizer_configuration_error,
    ]))
  }
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "v1" {
  rest_api_id   = aws_api_gateway_rest_api.orders.id
  deployment_id = aws_api_gateway_deployment.orders.id
  stage_name    = "v1"
}
