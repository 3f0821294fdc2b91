"""AWS on this machine, as far as a deployment of this product needs it.

moto's server, with :mod:`local.cognito`'s layer in front, and with what moto's CloudFormation
lacks. The real CDK command line deploys into it, and nothing that it says is believed: every
resource is read back by the SDK and compared with what the template means.

- :mod:`local.aws.account` is the running server, and the SDK clients for it;
- :mod:`local.aws.resource_type` says what CloudFormation has to know of a resource type, and
  ``*_types`` are the types themselves: a further one is a row there;
- :mod:`local.aws.missing_operations` adds operations that moto lacks;
- :mod:`local.aws.cloudformation` teaches moto's CloudFormation those types, and to create,
  update and delete in the order of their dependencies;
- :mod:`local.aws.command_line` runs the CDK command line;
- :mod:`local.aws.template` resolves a synthesized template against what was deployed, and
  :mod:`local.aws.read_back` compares, by the rows of ``*_readings``;
- :mod:`local.aws.deployed_api` makes the local gateway's configuration of what was deployed.
"""
