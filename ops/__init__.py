"""The operator's program: see the system, tune it, use it in an incident.

``python -m ops --help`` lists the commands. What each one does is here, over SDK clients; what it
looks like is in :mod:`ops.commands`, a module for each group of commands.

1. :mod:`ops.program` puts the commands together; :mod:`ops.command` gives each the options that
   all have, and turns what comes of it into output and an exit code (:mod:`ops.answers`).
2. :mod:`ops.run` is one invocation: it knows the :mod:`ops.world` outside, calls AWS
   (:mod:`ops.aws`), finds the :mod:`ops.deployment`, reads tokens (:mod:`ops.token_input`), and
   lets nothing be changed without a confirmation and a line in the trail (:mod:`ops.audit`).
"""
