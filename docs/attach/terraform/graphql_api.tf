resource "aws_appsync_graphql_api" "orders" {
  name = "orders"
  # The only mode: a Cognito mode beside it would let revoked sessions in.
  authentication_type = "AWS_LAMBDA"
  lambda_authorizer_config {
    authorizer_uri = local.function_arn
    # The authorizer's own ttlOverride wins, and never goes beyond this.
    authorizer_result_ttl_in_seconds = local.gateway_ttl_seconds
  }
  schema = "type Query { hello: String }"
}

resource "aws_lambda_permission" "graphql_authorizer" {
  action        = "lambda:InvokeFunction"
  function_name = local.function_arn
  principal     = "appsync.amazonaws.com"
  source_arn    = aws_appsync_graphql_api.orders.arn
}

resource "aws_appsync_datasource" "nothing" {
  api_id = aws_appsync_graphql_api.orders.id
  name   = "Nothing"
  type   = "NONE"
}

resource "aws_appsync_resolver" "hello" {
  api_id            = aws_appsync_graphql_api.orders.id
  type              = "Query"
  field             = "hello"
  data_source       = aws_appsync_datasource.nothing.name
  request_template  = "{\"version\": \"2018-05-29\", \"payload\": \"hello\"}"
  response_template = "$util.toJson($ctx.result)"
}
