"""What buyers say of what they received, some with a picture from their kitchen."""

import io
import random

from dailyfresh_goods.models import SKU
from dailyfresh_orders import services
from dailyfresh_orders.models import Order, Review, ReviewPicture
from django.core.files.base import ContentFile
from PIL import Image, ImageEnhance

from ..english import HERE, table

SIDE = 480
REPLIES = ("谢谢您的认可，欢迎再来。", "已反馈给产地，下一批会更好。", "抱歉没让您满意，已为您登记。")


class Opinions:
    """Words by the type of the goods; a picture is drawn once, and shown by everybody who holds the same in hand."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.words: dict[str, list[tuple[int, str]]] = {}
        for row in table("words"):
            self.words.setdefault(row["type"], []).append((int(row["stars"]), row["text"]))
        alike = {row["slug"]: row["of"] or row["slug"] for row in table("products")}
        alike |= {row["slug"]: row["like"] for row in table("more")}
        self.goods = {
            str(pk): (kind, alike[slug])
            for pk, kind, slug in SKU.objects.values_list("pk", "type__slug", "slug")
            if slug in alike
        }
        self.pictures: dict[str, str] = {}

    def write(self, order: Order) -> None:
        """About most of the lines; the order is done when it was all of them."""
        lines = [line for line in order.lines.all() if line.sku_id in self.goods and self.draw.random() < 0.9]
        words = {line.pk: self.words_about(line.sku_id) for line in lines}
        if not words:
            return
        for review in services.review_order(order=order, words=words, anonymous=self.draw.random() < 0.15):
            if review.stars > 2 and self.draw.random() < 0.22:
                self._picture(review)
            if review.stars < 4 or self.draw.random() < 0.1:
                services.reply_to(
                    review_id=review.pk, text=REPLIES[0 if review.stars > 3 else self.draw.choice((1, 2))]
                )

    def words_about(self, sku_id: str) -> services.Words:
        """What somebody may say about it."""
        kind, _like = self.goods[sku_id]
        stars, text = self.draw.choice(self.words[kind if self.draw.random() < 0.8 else ""])
        return services.Words(stars=stars, text=text if self.draw.random() < 0.9 else "")

    def _picture(self, review: Review) -> None:
        _kind, like = self.goods[review.sku_id]
        seen = f"{like}-{self.draw.choice(('stand', 'close'))}"
        if seen not in self.pictures:
            storage = ReviewPicture._meta.get_field("image").storage
            self.pictures[seen] = storage.save(f"reviews/demo/{seen}.jpg", ContentFile(self._photo(seen)))
        ReviewPicture.objects.create(review=review, state=ReviewPicture.State.SHOWN, image=self.pictures[seen])

    def _photo(self, name: str) -> bytes:
        """One of the demo's pictures as somebody took it in a hurry: crooked, from nearer, in the light of a lamp."""
        with Image.open(HERE / "pictures" / "skus" / f"{name}.webp") as picture:
            turned = picture.convert("RGB").rotate(self.draw.uniform(-7, 7), Image.Resampling.BICUBIC)
        edge = turned.width // 8
        near = turned.crop((edge, edge, turned.width - edge, turned.height - edge)).resize((SIDE, SIDE))
        warm = Image.blend(near, Image.new("RGB", near.size, (255, 214, 160)), 0.12)
        written = io.BytesIO()
        ImageEnhance.Brightness(warm).enhance(self.draw.uniform(0.85, 1.1)).save(written, "JPEG", quality=82)
        return written.getvalue()
