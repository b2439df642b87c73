from oscar.core.loading import get_model
from oscarapi.views import product

from tuned.serializers.product import ProductLinkSerializer

Product = get_model("catalogue", "Product")


class ProductList(product.ProductList):
    queryset = Product.objects.browsable().base_queryset().prefetch_related("categories")
    serializer_class = ProductLinkSerializer
