"""Requests and answers: the envelope for scripts, error pages, outages, proxies, and the frame of a page."""
