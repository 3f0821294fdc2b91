"""The inside of a function behind custom resources of CloudFormation's.

1. :mod:`custom_resource.request` reads what CloudFormation asks for.
2. What has to be done is each function's own, and comes to an :mod:`custom_resource.outcome`.
3. :mod:`custom_resource.answer` tells CloudFormation what became of it.

:mod:`custom_resource.function` does one after the other, whatever happens between.
"""
