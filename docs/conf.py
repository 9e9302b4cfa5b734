"""Sphinx over the repository: the pages of docs/, and the README of each package where it is."""

project = "DailyFresh"
author = "The DailyFresh developers"
copyright = author
extensions = ["myst_parser", "sphinxcontrib.mermaid"]
root_doc = "docs/index"
include_patterns = ["docs/**", "packages/*/README.md", "example_project/README.md", "*.md"]
exclude_patterns = ["docs/README.md", "docs/_build/**", "docs/locale/**"]
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
html_theme = "furo"
html_title = "DailyFresh"
html_static_path = ["_static"]
html_css_files = ["tables.css"]
locale_dirs = ["docs/locale"]  # seen from the folder of the sources
gettext_compact = False
gettext_location = False  # a paragraph that moved is no other paragraph
templates_path = ["templates"]
TWIN = "[中文说明](README.zh-CN.md)\n"
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "languages.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}


def setup(app):
    """Where a README leads to its Chinese twin, a page of the site has its own way."""
    app.connect("source-read", lambda _app, _name, source: source.__setitem__(0, source[0].replace(TWIN, "")))
