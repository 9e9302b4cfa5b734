"""What one writes with haystack and whoosh alone: the baseline."""

from dailyfresh_goods.models import SKU
from haystack import indexes
from jieba.analyse import ChineseAnalyzer


class SKUIndex(indexes.SearchIndex, indexes.Indexable):
    text = indexes.CharField(document=True, analyzer=ChineseAnalyzer())

    def get_model(self):
        return SKU

    def prepare_text(self, sku):
        return f"{sku.name} {sku.spu.name} {sku.type.name} {sku.description}"

    def index_queryset(self, using=None):
        return SKU.objects.filter(on_sale=True).select_related("type", "spu")
