"""Sphinx over the repository: the pages of docs/, and the README of each package where it is."""

project = "DailyFresh"
author = "The DailyFresh developers"
copyright = author
extensions = ["myst_parser", "sphinxcontrib.mermaid"]
root_doc = "docs/index"
include_patterns = ["docs/**", "packages/*/README.md", "example_project/README.md", "*.md"]
exclude_patterns = ["docs/README.md", "docs/_build/**"]
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
html_theme = "furo"
html_title = "DailyFresh"
locale_dirs = ["locale"]
gettext_compact = False
