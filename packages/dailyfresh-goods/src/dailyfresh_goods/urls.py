app_name = "dailyfresh_goods"
urlpatterns = []
