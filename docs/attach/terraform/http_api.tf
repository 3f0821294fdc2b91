resource "aws_apigatewayv2_api" "orders" {
  name          = "orders"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_authorizer" "session" {
  name                              = "session"
  api_id                            = aws_apigatewayv2_api.orders.id
  authorizer_type                   = "REQUEST"
  authorizer_uri                    = local.authorizer_uri
  authorizer_payload_format_version = "2.0"
  # As http-api-response says: this is for "iam".
  enable_simple_responses = false
  # Both as exported: the gateway caches under the place from which the function reads.
  identity_sources                 = [local.http_identity_source]
  authorizer_result_ttl_in_seconds = local.gateway_ttl_seconds
}

resource "aws_lambda_permission" "http_authorizer" {
  action        = "lambda:InvokeFunction"
  function_name = local.function_arn
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.orders.execution_arn}/authorizers/${aws_apigatewayv2_authorizer.session.id}"
}

resource "aws_apigatewayv2_route" "read_order" {
  api_id             = aws_apigatewayv2_api.orders.id
  route_key          = "GET /orders/{id}"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.session.id
  target             = "integrations/${aws_apigatewayv2_integration.orders.id}"
}

resource "aws_apigatewayv2_integration" "orders" {
  api_id             = aws_apigatewayv2_api.orders.id
  integration_type   = "HTTP_PROXY"
  integration_method = "GET"
  integration_uri    = "https://orders.example.com/orders/{id}"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.orders.id
  name        = "$default"
  auto_deploy = true
}
