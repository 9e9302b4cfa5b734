"""What of the catalogue waits for somebody."""

from collections.abc import Iterator
from typing import Any

from dailyfresh_core.admin.work import Job
from django.utils.translation import gettext as _

from .models import SKU, Band, GoodsImport, Picture, PictureSource, StalePage

OWN = "admin:dailyfresh_goods_"


def work_for(user: Any) -> list[Job]:
    """What this member of staff may do something about, one statement a kind; nothing that is done."""
    kinds = {
        "view_sku": _stock,
        "add_sku": _files,
        "view_picture": _pictures,
        "view_picturesource": _addresses,
        "view_stalepage": _pages,
    }
    jobs = (job for may, kind in kinds.items() if user.has_perm(f"dailyfresh_goods.{may}") for job in kind())
    return [job for job in jobs if job.n]


def _stock() -> Iterator[Job]:
    for band, label, urgent in ((Band.SOLD_OUT, _("Sold out"), True), (Band.LOW, _("Nearly sold out"), False)):
        n = SKU.objects.filter(on_sale=True, band=band).count()
        yield Job(label, n, f"{OWN}sku_changelist", f"on_sale__exact=1&band__exact={band.value}", urgent)


def _files() -> Iterator[Job]:
    n = GoodsImport.objects.filter(state=GoodsImport.State.REFUSED, dry_run=False).count()
    yield Job(_("Files that were not taken in"), n, f"{OWN}sku_import")


def _pictures() -> Iterator[Job]:
    n = Picture.objects.exclude(refused="").count()
    yield Job(_("Pictures that cannot be shown"), n, f"{OWN}picture_changelist", "became=refused")


def _addresses() -> Iterator[Job]:
    n = PictureSource.objects.filter(due_at=None).exclude(error="").count()
    yield Job(_("Pictures that could not be fetched"), n, f"{OWN}picturesource_changelist", "became=failed")


def _pages() -> Iterator[Job]:
    n = StalePage.objects.exclude(failed_at=None).count()
    yield Job(_("Pages that could not be made"), n, f"{OWN}stalepage_changelist", "failed_at__isempty=0", True)
