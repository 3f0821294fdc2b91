"""Custom resources that set up Cognito's own session management, and put back what was there.

1. :mod:`native_sessions.resources` decides: one resource only reads the pool's configuration, the
   other one sets it, and sets what was read when it is deleted.
2. :mod:`native_sessions.pool` is the two operations of Cognito's that this takes.

Requests, answers and what lies between are :mod:`custom_resource`.

There are two resources, because CloudFormation may have a request carried out twice. A single one
that reads and then sets would, at the second time, find what it had set itself. Of two, the first
one's finding is in CloudFormation's keeping before the second one changes anything.
"""
