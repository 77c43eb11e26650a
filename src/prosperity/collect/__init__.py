"""Collecting: find releases in publishers' lists, fetch their documents politely, keep them in the archive.

The only stage that opens network connections. Names from publishers never become paths.
"""
