"""Packing paid orders on a phone: picked, weighed, given less or something else, settled. An app of its own: a site without it sells as before."""
