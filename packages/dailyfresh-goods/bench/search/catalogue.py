"""A made-up catalogue with the words of a real one."""

import random

WORDS = """
山东 烟台 新疆 库尔勒 海南 赣南 丹东 云南 四川 广西 福建 浙江 舟山 东海 湖北 恩施 内蒙古 宁夏 陕西 智利 越南 泰国 挪威 加拿大 澳洲
法国

鲜丰 田园 山谷 海之味 绿野 农家 禾煦 青禾 牧歌 渔港 晨露 原野 百果 金穗

有机 精选 特级 新鲜 冰鲜 鲜活 散养 迷你 大果 小份 家庭装 现切 手工 原味 无籽 薄皮 脆甜 高山 沙地 深海

草莓 脐橙 巨峰葡萄 阳光玫瑰青提 香蕉 红富士 香梨 水蜜桃 车厘子 麒麟西瓜 猕猴桃 芒果 火龙果 蓝莓 荔枝 榴莲 菠萝 柚子 柠檬 哈密瓜
基围虾 龙虾 大闸蟹 鱿鱼 生蚝 黄花鱼 鲈鱼 八爪鱼 海螺 三文鱼刺身 带鱼 扇贝 鲍鱼 虾仁 西冷牛排 羊腿 五花肉 肥牛卷 烤肠 牛肉饼 筒骨
里脊排 排骨 羊排 牛腩 土鸡蛋 鸭蛋 鸡腿 走地鸡 樱桃谷鸭 狮头鹅 火鸡 溏心蛋 鸡翅 鹌鹑蛋 西兰花 番茄 胡萝卜 茄子 土豆 水果玉米 辣椒
甜椒 黄瓜 上海青 香菇 菠菜 生菜 南瓜 莲藕 洋葱 金针菇 猪肉白菜水饺 雪糕杯 甜筒 披萨 粗薯 面包虾 华夫饼 饭团 可颂 月饼 汤圆 手抓饼
馄饨

西红柿 苹果 马铃薯 虾 牛肉 水果 海鲜 蔬菜 beef tomato 奇异果 冰淇淋
"""
ORIGINS, MAKES, ADJECTIVES, GOODS, SYNONYMS = (group.split() for group in WORDS.split("\n\n"))
UNITS = ["500g", "1kg", "250g", "400g", "2kg", "300g/盒", "4个装", "6个装", "10枚", "8只装", "2根", "约1.2kg"]
TYPES = {
    "fruit": "新鲜水果", "seafood": "海鲜水产", "meat": "猪牛羊肉", "poultry": "禽类蛋品", "veg": "新鲜蔬菜", "frozen": "速冻食品",
}  # fmt: skip
TEXTS = [
    "清晨采摘，当日发出。",
    "皮薄肉细，一口爆汁。",
    "去筋切片，低脂高蛋白。",
    "冷链直送，鲜活到家。",
    "煮八分钟即可，早餐加餐。",
    "蒜蓉烤或清蒸，肉质紧实。",
    "坏果包赔，放心购买。",
]


def name_of(number: int, draw: random.Random) -> str:
    return (
        f"{draw.choice(ORIGINS)}{draw.choice(MAKES) if number % 3 else ''}{draw.choice(ADJECTIVES)}{draw.choice(GOODS)}"
    )


def queries(number: int) -> list[str]:
    """What people type: names, parts, several words, Pinyin, one character, synonyms, packs, mistypings."""
    from pypinyin import lazy_pinyin

    draw = random.Random(7)
    found = []
    for _ in range(number):
        goods, kind = draw.choice(GOODS), draw.random()
        if kind < 0.40:
            found.append(goods)
        elif kind < 0.55:
            found.append(f"{draw.choice(ORIGINS)} {goods}")
        elif kind < 0.65:
            found.append(f"{draw.choice(ADJECTIVES)}{goods}")
        elif kind < 0.75:
            found.append("".join(lazy_pinyin(goods)))
        elif kind < 0.80:
            found.append(goods[-1])
        elif kind < 0.88:
            found.append(draw.choice(SYNONYMS))
        elif kind < 0.95:
            found.append(f"{goods} {draw.choice(UNITS)}")
        else:
            found.append(goods[:-1] + draw.choice("的一是在有") if len(goods) > 2 else goods)
    return found


def fill(size: int) -> None:
    """Writes the tables and `size` SKUs."""
    from dailyfresh_goods.models import SKU, SPU, Band, GoodsType
    from django.core.management import call_command
    from django.db.models import QuerySet

    call_command("migrate", verbosity=0)
    draw = random.Random(1)
    types = [GoodsType.objects.create(slug=slug, name=name) for slug, name in TYPES.items()]
    made = [name_of(number, draw) for number in range(size)]
    # Plain query sets: the catalogue's own would mark every page and document as stale.
    QuerySet(SPU).bulk_create((SPU(name=name, detail=f"<p>{draw.choice(TEXTS)}</p>") for name in made), batch_size=2000)
    spus = SPU.objects.order_by("pk").values_list("pk", flat=True)
    QuerySet(SKU).bulk_create(
        (
            SKU(
                type=types[GOODS.index(next(goods for goods in GOODS if name.endswith(goods))) * 6 // len(GOODS)], spu_id=spu, name=name,
                slug=f"sku-{number}", description=draw.choice(TEXTS), price=draw.randrange(300, 20000) / 100, unit=draw.choice(UNITS),
                origin=draw.choice(ORIGINS), stock=(left := draw.randrange(0, 500)), band=Band.of(left),
                sales=(sold := draw.randrange(0, 9000)), sales_rank=sold,
            )
            for number, (name, spu) in enumerate(zip(made, spus, strict=True))
        ),
        batch_size=2000,
    )  # fmt: skip
