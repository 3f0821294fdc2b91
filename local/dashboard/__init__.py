"""The dashboard without an account: the synthesized definition, drawn with made-up numbers.

``python -m local.dashboard --out dashboard.html``

- :mod:`local.dashboard.definition` synthesizes the app and reads dashboard and alarms out of it;
- :mod:`local.dashboard.sample` makes up three hours: forged tokens first, a spent quota at the end;
- :mod:`local.dashboard.formulas` computes metric math, and :mod:`local.dashboard.lines` what each
  graph shows;
- :mod:`local.dashboard.states` says which alarms would ring;
- :mod:`local.dashboard.drawing` draws, and :mod:`local.dashboard.page` puts it on one page.

It is no CloudWatch: it knows what the definition uses of it, and refuses the rest.
"""
