from django import template

from ..conf import conf

register = template.Library()


@register.inclusion_tag("dailyfresh_users/_scripts.html")
def dailyfresh_users_scripts() -> dict[str, object]:
    """The package's scripts, with jQuery before them unless the site has its own."""
    return {"jquery_url": conf.JQUERY_URL}
