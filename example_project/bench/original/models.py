"""What the original keeps: accounts, addresses, goods, the home page and orders, each picture a name in the storage."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Kept(models.Model):
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)
    deleted = models.BooleanField(default=False)

    class Meta:
        abstract = True


class User(AbstractUser, Kept):
    pass


class Address(Kept):
    user = models.ForeignKey(User, models.CASCADE)
    receiver = models.CharField(max_length=20)
    street = models.CharField(max_length=256)
    phone = models.CharField(max_length=11)
    default = models.BooleanField(default=False)


class GoodsType(Kept):
    name = models.CharField(max_length=20)
    logo = models.CharField(max_length=20)
    image = models.ImageField()


class Goods(Kept):
    name = models.CharField(max_length=20)
    detail = models.TextField()


class GoodsSKU(Kept):
    type = models.ForeignKey(GoodsType, models.CASCADE)
    goods = models.ForeignKey(Goods, models.CASCADE)
    name = models.CharField(max_length=40)
    description = models.CharField(max_length=256)
    price = models.DecimalField(max_digits=10, decimal_places=2)
    unit = models.CharField(max_length=20)
    image = models.ImageField()
    stock = models.IntegerField(default=1)
    sales = models.IntegerField(default=0)
    status = models.SmallIntegerField(default=1)


class Banner(Kept):
    sku = models.ForeignKey(GoodsSKU, models.CASCADE)
    image = models.ImageField()
    index = models.SmallIntegerField(default=0)


class Promotion(Kept):
    name = models.CharField(max_length=20)
    url = models.CharField(max_length=256)
    image = models.ImageField()
    index = models.SmallIntegerField(default=0)


class TypeGoods(Kept):
    type = models.ForeignKey(GoodsType, models.CASCADE)
    sku = models.ForeignKey(GoodsSKU, models.CASCADE)
    display = models.SmallIntegerField(default=1)
    index = models.SmallIntegerField(default=0)


class Order(Kept):
    id = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE)
    address = models.ForeignKey(Address, models.CASCADE)
    pay_method = models.SmallIntegerField(default=3)
    total_count = models.IntegerField(default=1)
    total_price = models.DecimalField(max_digits=10, decimal_places=2)
    freight = models.DecimalField(max_digits=10, decimal_places=2)
    status = models.SmallIntegerField(default=1)
    trade_no = models.CharField(max_length=128, default="")


class OrderGoods(Kept):
    order = models.ForeignKey(Order, models.CASCADE)
    sku = models.ForeignKey(GoodsSKU, models.CASCADE)
    count = models.IntegerField(default=1)
    price = models.DecimalField(max_digits=10, decimal_places=2)
    comment = models.CharField(max_length=256, default="")
