"""The Lambdas' entry points, one for each route: ``receivers.handlers.<kind>.handler``."""
