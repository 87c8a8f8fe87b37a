"""Products."""

from tests.journeys.declared_errors.scene import OF_LIST, OF_ONE, Rows, cannot

# A token acts for the whole organization; roles are of people.
NO_ROLES = cannot("an access token has no role that could forbid it")

ROWS: Rows = {
    "products.list": OF_LIST,
    "products.create": {"HTTPValidationError": lambda call, scene: call(name="x", prices=[])},
    "products.get": OF_ONE,
    "products.update": {**OF_ONE, "NotPermitted": NO_ROLES},
    "products.delete": {
        **OF_ONE,
        "NotPermitted": NO_ROLES,
        "ProductNotDeletable": lambda call, scene: call(str(scene.stock().product.pk)),
    },
    "products.update_benefits": {
        "ResourceNotFound": lambda call, scene: call(str(scene.stock().order.pk), benefits=[]),
        "HTTPValidationError": lambda call, scene: call(scene.product().id, benefits=5),
        "NotPermitted": NO_ROLES,
    },
}
