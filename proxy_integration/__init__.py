"""A Lambda behind a route: API Gateway's proxy integration, its events and its answers.

:mod:`proxy_integration.request` reads REST APIs' events (payload format 1.0) and HTTP APIs'
(1.0 and 2.0); :mod:`proxy_integration.answer` renders the answer in the same format.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""
