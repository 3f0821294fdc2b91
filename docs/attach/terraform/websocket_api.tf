resource "aws_apigatewayv2_api" "sockets" {
  name                       = "orders-sockets"
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.action"
}

# No TTL and no payload version: WebSocket APIs have neither.
resource "aws_apigatewayv2_authorizer" "socket_session" {
  name             = "session"
  api_id           = aws_apigatewayv2_api.sockets.id
  authorizer_type  = "REQUEST"
  authorizer_uri   = local.socket_authorizer_uri
  identity_sources = [local.websocket_identity_source]
}

resource "aws_lambda_permission" "socket_authorizer" {
  action        = "lambda:InvokeFunction"
  function_name = local.socket_function_arn
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.sockets.execution_arn}/authorizers/${aws_apigatewayv2_authorizer.socket_session.id}"
}

# The only route that can have an authorizer.
resource "aws_apigatewayv2_route" "connect" {
  api_id             = aws_apigatewayv2_api.sockets.id
  route_key          = "$connect"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.socket_session.id
  target             = "integrations/${aws_apigatewayv2_integration.sockets.id}"
}

resource "aws_apigatewayv2_integration" "sockets" {
  api_id                        = aws_apigatewayv2_api.sockets.id
  integration_type              = "MOCK"
  request_templates             = { "200" = "{\"statusCode\":200}" }
  template_selection_expression = "200"
}

resource "aws_apigatewayv2_stage" "sockets" {
  api_id      = aws_apigatewayv2_api.sockets.id
  name        = "v1"
  auto_deploy = true
}
