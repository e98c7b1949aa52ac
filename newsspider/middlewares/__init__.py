"""Downloader middlewares: the address guard, robots.txt, Retry-After, conditional GET, and a reason for everything that was not fetched."""
