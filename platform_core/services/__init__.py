"""Use cases of the platform: what the API offers, without HTTP. Every function takes the tenant it works
for.
"""
