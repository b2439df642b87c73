"""Categories and brands: who may make them, what they are called, when they cannot go."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from aqad.audit.models import Event
from catalog.models import Brand, Category, Product
from tests.cast import Person
from tests.factories.goods import BrandFactory, CategoryFactory, ProductFactory

pytestmark = pytest.mark.embedded


def category(staff: Person, name: str, parent: str | None = None) -> Any:
    return staff.api.post("/api/categories", {"name": name, "parent": parent}, format="json")


def test_staff_grow_the_tree_and_everybody_reads_it_whole(staff: Person, stranger: APIClient) -> None:
    assert category(staff, "Beverages").json() == {"slug": "beverages", "name": "Beverages", "parent": None}
    assert category(staff, "Soft Drinks", "beverages").status_code == 201
    assert category(staff, "Colas", "soft-drinks").status_code == 201
    assert category(staff, "Bakery").status_code == 201
    assert stranger.get("/api/categories").json() == {
        "results": [
            {"slug": "bakery", "name": "Bakery", "children": []},
            {
                "slug": "beverages",
                "name": "Beverages",
                "children": [
                    {"slug": "soft-drinks", "name": "Soft Drinks", "children": [{"slug": "colas", "name": "Colas", "children": []}]}
                ],
            },
        ]
    }
    assert Event.objects.filter(verb="catalog.category_created").count() == 4


def test_a_name_in_arabic_has_a_slug_too(staff: Person) -> None:
    assert category(staff, "مشروبات غازية").json()["slug"] == "مشروبات-غازية"
    assert category(staff, "Pepsi", "مشروبات-غازية").json()["parent"] == "مشروبات-غازية"


@pytest.mark.parametrize("path", ["/api/categories", "/api/brands"])
def test_one_that_is_there_already_is_a_conflict(staff: Person, path: str) -> None:
    assert staff.api.post(path, {"name": "Soft Drinks"}, format="json").status_code == 201
    again = staff.api.post(path, {"name": "soft  drinks"}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("path", ["/api/categories", "/api/brands"])
@pytest.mark.parametrize("name", ["", " ", "!!!", "x" * 121, "a\u0000", None, 5])
def test_refuses_a_name_that_is_none(staff: Person, path: str, name: Any) -> None:
    answer = staff.api.post(path, {"name": name}, format="json")
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"name"})
    assert not Category.objects.exists()
    assert not Brand.objects.exists()


def test_refuses_an_unknown_parent(staff: Person) -> None:
    answer = category(staff, "Colas", "no-such")
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"parent"})


def test_renaming_keeps_the_slug_and_lets_search_find_the_new_name(staff: Person, vendor: Person, stranger: APIClient) -> None:
    pepsi = ProductFactory(vendor=vendor.of)
    assert staff.api.patch("/api/categories/soft-drinks", {"name": "Fizzy Drinks"}, format="json").json()["slug"] == "soft-drinks"
    assert staff.api.patch("/api/brands/pepsi", {"name": "PepsiCo"}, format="json").json() == {"slug": "pepsi", "name": "PepsiCo"}
    pepsi.refresh_from_db()
    assert "fizzy" in pepsi.search_text
    assert "pepsico" in pepsi.search_text
    assert [p["id"] for p in stranger.get("/api/products?search=fizzy pepsico").json()["results"]] == [pepsi.reference]


def test_a_category_moves_but_never_below_itself(staff: Person) -> None:
    for name, parent in (("A", None), ("B", "a"), ("C", "b")):
        category(staff, name, parent)
    for slug in ("a", "b", "c"):
        answer = staff.api.patch("/api/categories/a", {"parent": slug}, format="json")
        assert (answer.status_code, set(answer.json()["errors"])) == (422, {"parent"})
    assert staff.api.patch("/api/categories/c", {"parent": None}, format="json").json()["parent"] is None
    assert staff.api.patch("/api/categories/a", {"parent": "c"}, format="json").json()["parent"] == "c"


def test_the_tree_is_at_most_eight_levels_deep(staff: Person) -> None:
    parent = None
    for level in range(8):
        parent = category(staff, f"Level {level}", parent).json()["slug"]
    assert category(staff, "Too deep", parent).status_code == 422
    category(staff, "Root")
    assert staff.api.patch("/api/categories/level-0", {"parent": "root"}, format="json").status_code == 422


def test_what_is_in_use_cannot_be_deleted(staff: Person, vendor: Person) -> None:
    pepsi = ProductFactory(vendor=vendor.of)
    CategoryFactory(name="Colas", slug="colas", parent=pepsi.category)
    for path in ("/api/categories/soft-drinks", "/api/brands/pepsi"):
        answer = staff.api.delete(path)
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert not Event.objects.filter(verb__endswith="_deleted").exists()
    Product.objects.update(category=CategoryFactory(name="Other", slug="other"), brand=BrandFactory(name="Other", slug="other"))
    assert staff.api.delete("/api/categories/soft-drinks").status_code == 409  # colas stand below it
    assert staff.api.delete("/api/categories/colas").status_code == 204
    assert staff.api.delete("/api/categories/soft-drinks").status_code == 204
    assert staff.api.delete("/api/brands/pepsi").status_code == 204
    assert staff.api.delete("/api/brands/pepsi").status_code == 404


def test_a_vendor_may_make_a_brand_and_nothing_else(vendor: Person, retailer: Person, stranger: APIClient) -> None:
    assert vendor.api.post("/api/brands", {"name": "Al Ain"}, format="json").json() == {"slug": "al-ain", "name": "Al Ain"}
    assert vendor.api.post("/api/categories", {"name": "Water"}, format="json").status_code == 403
    assert vendor.api.patch("/api/brands/al-ain", {"name": "x"}, format="json").status_code == 403
    assert vendor.api.delete("/api/brands/al-ain").status_code == 403
    assert retailer.api.post("/api/brands", {"name": "x"}, format="json").status_code == 403
    assert stranger.post("/api/brands", {"name": "x"}, format="json").status_code == 401
    assert not Category.objects.exists()
    assert Brand.objects.get().name == "Al Ain"


def test_brands_are_paged_newest_first_or_by_name(stranger: APIClient, db: None) -> None:
    for name in ("Pepsi", "Al Ain", "Mirinda"):
        BrandFactory(name=name, slug=name.lower().replace(" ", "-"))
    first = stranger.get("/api/brands?limit=2").json()
    assert [brand["slug"] for brand in first["results"]] == ["mirinda", "al-ain"]
    assert first["pagination"]["total"] == 3
    rest = stranger.get("/api/brands", {"limit": 2, "cursor": first["pagination"]["next"]}).json()
    assert rest["results"] == [{"slug": "pepsi", "name": "Pepsi"}]
    by_name = stranger.get("/api/brands?sort=name").json()["results"]
    assert [brand["slug"] for brand in by_name] == ["al-ain", "mirinda", "pepsi"]
    assert stranger.get("/api/brands?sort=price").status_code == 422
    assert stranger.get("/api/categories?page=1").status_code == 422
