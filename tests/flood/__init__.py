"""Floods: what one sandbox fetches, remembers and answers while somebody sends rubbish.

At a thousand requests a second of a clock that is moved. Plain runs send 5,000 requests;
``pytest tests/flood --long`` sends 100,000.
"""
