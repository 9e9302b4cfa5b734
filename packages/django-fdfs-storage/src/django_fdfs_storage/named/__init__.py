"""Files with names of their own: put `django_fdfs_storage.named` in INSTALLED_APPS to use them."""
