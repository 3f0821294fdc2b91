"""``make soak``: mixed load on the local stack for half an hour, and what it leaves behind.

1. :mod:`local.soak.plan`: how long, how much, how often things go wrong.
2. :mod:`local.soak.person`: users who sign in, refresh, call, are revoked; and forgers.
3. :mod:`local.soak.weather`: outages, key rotations, new sandboxes, late events.
4. :mod:`local.soak.load`: workers that let them act over HTTP, and count the answers.
5. :mod:`local.soak.samples`: memory, threads and file descriptors, every few seconds.
6. :mod:`local.soak.flatness`: whether they grow: a robust slope, and its limit.
7. :mod:`local.soak.report`: the table.
"""
