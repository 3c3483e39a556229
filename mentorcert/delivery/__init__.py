"""Sending statements on to other stores: the pages for it, and the courier that the worker runs."""
