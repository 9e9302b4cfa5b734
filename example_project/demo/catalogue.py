"""The goods of the demo: six types, 60 products with their pictures, some of them in a second pack, and the home page."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Type:
    """A goods type; `keep` and `bring` are the paragraphs on storing and delivery of its goods."""

    slug: str
    name: str
    promise: str
    slogan: str
    keep: str
    bring: str


@dataclass(frozen=True)
class Product:
    """One pack on sale; `slug` is also the name of its pictures, `of` the product whose second pack it is."""

    slug: str
    name: str
    english: str
    unit: str
    price: Decimal
    type: str
    origin: str
    market_price: Decimal | None
    description: str
    of: str = ""


TYPES = [
    Type(
        "fruit",
        "新鲜水果",
        "当季 · 产地直采",
        "高品质，低价格",
        "收到后请放冰箱冷藏（2–6℃），两三天内吃完风味最好；吃前再洗，不要提前去蒂。",
        "清晨采摘，预冷后装盒，盒内加缓冲棉，减少压伤。",
    ),
    Type(
        "seafood",
        "海鲜水产",
        "鲜活 · 冷链到家",
        "从码头到厨房",
        "鲜活品当天烹饪最佳；冰鲜品 0–4℃ 可放一天，吃不完请分装冷冻。",
        "加冰打氧，全程 0–4℃ 冷链，到家仍是鲜活状态。",
    ),
    Type(
        "meat",
        "猪牛羊肉",
        "排酸 · 每日现切",
        "每日现切，看得见的新鲜",
        "0–4℃ 冷藏可放两天，冷冻可放三个月；解冻请放冷藏室过夜。",
        "排酸 24 小时后分割，真空贴体包装，随附检疫合格证明。",
    ),
    Type(
        "poultry",
        "禽类蛋品",
        "散养 · 可溯源",
        "慢慢长大的好味道",
        "蛋类尖头朝下冷藏可放 30 天；禽肉请于两天内食用或冷冻。",
        "蛋托加气柱袋独立防震，破损包赔；禽肉当天分割。",
    ),
    Type(
        "veg",
        "新鲜蔬菜",
        "清晨采 · 当日达",
        "清晨的菜园，中午到你家",
        "用厨房纸包好，装保鲜袋放冷藏室，三天内吃完最脆嫩。",
        "凌晨采收，去黄叶后预冷，每一批都做农残快检。",
    ),
    Type(
        "frozen",
        "速冻食品",
        "方便 · 一刻开饭",
        "忙的时候也好好吃饭",
        "请在 -18℃ 以下保存；开袋后尽快食用，不要反复解冻。",
        "-18℃ 冷链直送，干冰保温箱可回收。",
    ),
]

# slug | name | English | unit | price | type | origin | market price | description
ROWS = """
strawberry|红颜草莓|Strawberries|300g/盒|29.90|fruit|辽宁丹东|39.90|丹东大棚现摘，当日冷链发出；果香浓、酸甜足，坏果包赔。
navel-orange|赣南脐橙|Navel oranges|1kg|16.80|fruit|江西赣州||自然成熟不打蜡，皮薄多汁，一剥就开。
kyoho-grape|巨峰葡萄|Kyoho grapes|500g|19.90|fruit|辽宁北镇|25.90|果粒饱满带白霜，入口有玫瑰香。
shine-muscat|阳光玫瑰青提|Shine Muscat|500g|39.90|fruit|云南建水|49.90|无籽脆甜，香气清雅，糖度 18 以上才下树。
banana|海南香蕉|Bananas|500g|6.90|fruit|海南澄迈||自然催熟，软糯香甜，早餐来一根。
fuji-apple|烟台红富士|Fuji apples|1kg|15.80|fruit|山东烟台|19.80|日照足、昼夜温差大，脆甜多汁的冰糖心。
pear|库尔勒香梨|Fragrant pears|1kg|18.80|fruit|新疆库尔勒||皮薄肉细，一口爆汁，香味足。
peach|阳山水蜜桃|Honey peaches|4个装|32.80|fruit|江苏无锡||软糯多汁，放软了撕皮就能吃。
cherry|智利车厘子|Cherries|500g|59.90|fruit|智利|79.90|J 级大果，果肉紧实，空运到仓。
watermelon|麒麟西瓜|Watermelon|约4kg|26.80|fruit|宁夏中卫||沙地种植，皮薄瓤脆，甜到瓜皮。
kiwi|翠香猕猴桃|Kiwi fruit|6个装|25.80|fruit|陕西周至||果肉翠绿，酸甜细腻，维 C 丰富。
mango|台农芒果|Mangoes|1kg|22.80|fruit|海南三亚|28.80|核小肉厚，香气浓郁，纤维少。
shrimp|鲜活基围虾|Live shrimps|500g|48.00|seafood|广东湛江|60.00|打氧鲜活到家，虾肉弹牙，白灼最好。
lobster|波士顿龙虾|Boston lobster|约600g|168.00|seafood|加拿大|218.00|鲜活直运，钳肉饱满，清蒸或芝士焗。
crab|大闸蟹|Hairy crab|4只装|128.00|seafood|江苏苏州||公 3.5 两母 2.5 两，膏满黄肥，配姜醋。
squid|东海鱿鱼|Squid|500g|36.80|seafood|浙江舟山||船冻锁鲜，去内脏免处理，爆炒铁板都行。
oyster|乳山生蚝|Oysters|8只装|46.00|seafood|山东乳山|56.00|个大肉肥，附开蚝刀，蒜蓉烤或清蒸。
yellow-croaker|东海黄花鱼|Yellow croaker|约400g|39.90|seafood|浙江宁波||蒜瓣肉，少刺鲜嫩，家烧红烧都好吃。
sea-bass|冰鲜鲈鱼|Sea bass|约500g|29.80|seafood|广东珠海||现杀去鳞去脏，到家就能清蒸。
octopus|迷你八爪鱼|Baby octopus|400g|32.80|seafood|福建东山|39.80|已清洗，脆弹爽口，三分钟出锅。
whelk|鲜活海螺|Sea whelks|500g|42.00|seafood|山东长岛||海捕鲜活，螺肉紧实，白灼蘸汁。
sashimi|三文鱼刺身|Salmon sashimi|200g|68.00|seafood|挪威|82.00|整条空运，当日切配，随附芥末酱油。
steak|谷饲西冷牛排|Sirloin steak|200g|58.00|meat|澳大利亚||谷饲 150 天，雪花均匀，厚切 2 厘米。
lamb-leg|内蒙古羊腿|Lamb leg|约1.2kg|98.00|meat|内蒙古锡林郭勒|118.00|草原散养，肉嫩不膻，烤炖皆宜。
pork-belly|精选五花肉|Pork belly|500g|28.80|meat|四川眉山||三层五花肥瘦相间，做红烧肉正好。
beef-roll|雪花肥牛卷|Beef rolls|400g|45.80|meat|内蒙古呼伦贝尔|55.80|原切不拼接，涮十秒就嫩。
sausage|台式烤肠|Sausages|10根装|29.90|meat|福建厦门||肉含量 85%，外皮焦脆，孩子爱吃。
patty|安格斯牛肉饼|Angus patties|4片装|39.80|meat|山东济南||纯牛肉手工压制，煎三分钟做汉堡。
marrow-bone|猪筒骨|Pork bones|500g|16.80|meat|河南漯河||骨髓饱满，斩好即炖，汤色奶白。
pork-chop|猪里脊排|Pork chops|400g|22.80|meat|河南漯河|26.80|去筋切片，低脂高蛋白，炸煎都嫩。
free-range-egg|散养土鸡蛋|Free-range eggs|10枚|19.90|poultry|湖北神农架||林下散养，蛋黄橙红，蛋白浓稠。
duck-egg|鲜鸭蛋|Duck eggs|8枚|18.80|poultry|江苏高邮||高邮麻鸭，个大黄红，腌炒都香。
chicken-leg|三黄鸡腿|Chicken legs|500g|21.80|poultry|广西玉林|25.80|皮薄肉嫩，去毛干净，卤煎两用。
whole-chicken|清远走地鸡|Free-range chicken|约1.3kg|68.00|poultry|广东清远||散养 150 天，皮爽肉滑，做白切鸡。
duck|樱桃谷鸭|Cherry Valley duck|约1.5kg|49.90|poultry|山东临沂|59.90|瘦肉多、皮下脂肪薄，炖汤烤制都好。
goose|狮头鹅|Lion-head goose|约2kg|128.00|poultry|广东汕头||潮汕名鹅，肉厚味浓，卤水首选。
turkey|圣诞火鸡|Turkey|约3kg|158.00|poultry|美国|198.00|节日大餐，附烤制说明与香料包。
salted-egg|即食溏心蛋|Soft-boiled eggs|6枚|16.80|poultry|浙江湖州||开袋即食，蛋黄流心，早餐加餐。
broccoli|有机西兰花|Broccoli|约400g|8.90|veg|云南通海|12.80|有机认证，花球紧实，焯水一分钟。
tomato|普罗旺斯番茄|Tomatoes|500g|9.80|veg|山东寿光||沙瓤多汁，有小时候的番茄味。
carrot|沙地胡萝卜|Carrots|500g|4.90|veg|福建晋江||沙地种植，脆甜无渣，生吃炖菜。
eggplant|紫长茄|Eggplants|500g|5.80|veg|河北饶阳||皮薄籽少，蒸烧都软糯。
potato|恩施小土豆|Potatoes|1kg|7.90|veg|湖北恩施|9.90|高山富硒，绵密香糯，煎着吃最香。
corn|水果玉米|Sweet corn|2根|9.90|veg|云南西双版纳||爆浆甜脆，可以生吃。
chili|二荆条辣椒|Chillies|250g|4.50|veg|四川成都||香而不燥，川菜必备。
bell-pepper|青甜椒|Green peppers|400g|6.80|veg|山东寿光||肉厚清甜，炒肉做沙拉。
red-pepper|红甜椒|Red peppers|400g|8.80|veg|山东寿光|10.80|成熟转红，甜度更高，维 C 丰富。
cucumber|水果黄瓜|Cucumbers|500g|6.90|veg|辽宁凌源||皮薄无刺，清甜爽脆，洗洗就吃。
greens|上海青|Pak choi|400g|3.90|veg|上海崇明||梗嫩叶绿，三分钟一盘青菜。
mushroom|高山香菇|Shiitake|250g|9.90|veg|浙江庆元|12.90|海拔千米菌棚，肉厚香浓，煲汤提鲜。
dumpling|猪肉白菜水饺|Pork dumplings|1kg|32.80|frozen|山东青岛||手工擀皮，肉菜比一比一，煮八分钟。
ice-cream|三色雪糕杯|Ice cream cup|120g|12.80|frozen|内蒙古呼和浩特||草莓香草巧克力，一杯三种口味。
soft-cone|海盐甜筒|Soft cones|6支装|29.90|frozen|广东广州|36.00|海盐芝士奶香，脆筒不受潮。
pizza|薄底披萨|Pizza|260g|26.80|frozen|上海||芝士拉丝，烤箱八分钟。
fries|粗薯|French fries|1kg|19.90|frozen|内蒙古乌兰察布||空气炸锅十五分钟，外脆里糯。
breaded-shrimp|面包虾|Breaded shrimps|300g|33.80|frozen|广东湛江|39.80|整虾裹粉，炸三分钟金黄酥脆。
waffle|黄油华夫饼|Butter waffles|8片|24.80|frozen|江苏苏州||安佳黄油，烤一分钟外酥里软。
rice-ball|海苔饭团|Rice balls|4个|18.80|frozen|黑龙江五常||五常大米，微波两分钟就是早餐。
croissant|法式可颂|Croissants|6个|28.80|frozen|法国|34.80|进口面团，层层起酥，烤十五分钟满屋香。
mooncake|流心月饼|Moon cakes|6个|69.00|frozen|广东广州|89.00|奶黄流心，冷藏回温即食，附礼盒。
"""
# Second packs: slug | product | unit | price | market price
PACKS = """
strawberry-2|strawberry|300g×2盒|55.80|79.80
strawberry-gift|strawberry|1kg 礼盒|88.00|128.00
navel-orange-5kg|navel-orange|5kg 整箱|72.00|84.00
cherry-2kg|cherry|2kg 礼盒|218.00|268.00
fuji-apple-5kg|fuji-apple|5kg 整箱|69.00|79.00
free-range-egg-30|free-range-egg|30枚|54.00|59.70
crab-8|crab|8只礼盒|238.00|256.00
dumpling-2|dumpling|1kg×2袋|59.80|65.60
"""
SOLD_OUT = {"goose", "strawberry-gift"}
NEARLY_SOLD_OUT = {"steak": 4, "lobster": 3, "mooncake": 6}
LIMITS = {"cherry": 5, "crab": 4, "lobster": 2}
LABELS = {
    "shine-muscat": "热卖",
    "free-range-egg": "产地直采",
    "cherry": "进口",
    "steak": "新品",
    "lobster": "鲜活",
    "yellow-croaker": "冰鲜",
    "tomato": "产地直采",
    "dumpling": "热卖",
}
OFFERS = ["strawberry", "shrimp", "lamb-leg", "duck", "broccoli"]  # the strip above the floors

# title | text | label | picture | slug of the type it leads to | product whose tint it has
BANNERS = """
清晨的菜园，中午到你家|每一棵青菜都知道产地，每一批都做农残快检|当季第一茬|slide-garden|veg|broccoli
开海第一网，鲜活到厨房|波龙、生蚝、大闸蟹，加冰打氧直送|开海季|slide-sea|seafood|lobster
打开冰箱，就是一顿好饭|雪糕、披萨、水饺，忙的时候也好好吃饭|一刻开饭|slide-ice|frozen|soft-cone
"""
PROMOTIONS = """
开海季|波龙、生蚝、大闸蟹|产地直发|promo-sea|seafood|lobster
冰爽一夏|雪糕 · 披萨 · 水饺|囤一点在冰箱|promo-ice|frozen|soft-cone
"""
# Per type: three goods shown as titles, four as pictures.
HOME = """
fruit|mango,cherry,watermelon|strawberry,shine-muscat,navel-orange,peach
seafood|squid,whelk,octopus|shrimp,lobster,crab,oyster
meat|marrow-bone,pork-chop,sausage|steak,lamb-leg,pork-belly,beef-roll
poultry|duck,turkey,salted-egg|free-range-egg,chicken-leg,whole-chicken,duck-egg
veg|chili,eggplant,greens|broccoli,tomato,corn,mushroom
frozen|fries,waffle,rice-ball|dumpling,soft-cone,pizza,croissant
"""


def rows(table: str) -> list[list[str]]:
    """The cells of one of the tables above."""
    return [line.split("|") for line in table.strip().splitlines()]


def products() -> list[Product]:
    """All packs, the second ones after the 60 first."""
    first = [
        Product(slug, name, english, unit, Decimal(price), kind, origin, Decimal(market) if market else None, text)
        for slug, name, english, unit, price, kind, origin, market, text in rows(ROWS)
    ]
    by_slug = {product.slug: product for product in first}
    second = []
    for slug, of, unit, price, market in rows(PACKS):
        one = by_slug[of]
        second.append(
            Product(
                slug,
                one.name,
                one.english,
                unit,
                Decimal(price),
                one.type,
                one.origin,
                Decimal(market),
                one.description,
                of,
            )
        )
    return first + second


def detail(product: Product, kind: Type) -> str:
    """The rich text of a product."""
    return (
        f"<p>{product.description}</p>"
        f"<h3>怎么保存</h3><p>{kind.keep}</p>"
        f"<h3>怎么送到</h3><p>{kind.bring}</p>"
        "<h3>我们承诺</h3><ul><li>每一批都有产地和检测记录</li><li>坏果、缺斤少两，凭照片退款</li></ul>"
        "<p>实物随批次略有差异，以收到的为准。</p>"
    )


def specs(product: Product) -> str:
    """The table of facts, one a line."""
    return f"英文名：{product.english}\n储存：{'-18℃ 冷冻' if product.type == 'frozen' else '0–6℃ 冷藏'}"
