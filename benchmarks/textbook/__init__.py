"""The authorizer that AWS's documentation adds up to, for comparison. Never deployed.

``lambda_function.py`` is its one file, ``requirements.txt`` what its zip holds beside it; boto3
comes with the Lambda runtime.
"""
