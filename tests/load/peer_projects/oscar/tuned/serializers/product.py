from oscar.core.loading import get_class
from oscarapi.serializers import product
from rest_framework import serializers

Selector = get_class("partner.strategy", "Selector")


class ProductLinkSerializer(product.ProductLinkSerializer):
    categories = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)
    offer = serializers.SerializerMethodField()

    class Meta(product.ProductLinkSerializer.Meta):
        fields = ("url", "id", "upc", "title", "slug", "description", "date_created", "categories", "images", "offer")

    def get_offer(self, found):
        request = self.context["request"]
        info = Selector().strategy(request=request, user=request.user).fetch_for_product(found)
        price, availability = info.price, info.availability
        return {
            "price": price.excl_tax,
            "currency": price.currency,
            "in_stock": availability.is_available_to_buy,
            "quantity": availability.num_available,
        }
