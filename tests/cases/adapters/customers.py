"""Creating, changing and deleting customers, over the merchant API."""

from apps.customers.models import Customer
from apps.customers.operations import delete_customer
from apps.customers.selectors import owner_of
from apps.subscriptions.models import Subscription
from tests.cases.registry import Facts, NotYet, adapter
from tests.cases.subscribing import make_row
from tests.cases.world import Merchant, make_customer, make_organization, origin_at

AREA = "customers"
_FIELDS = ("email", "external_id", "type", "name", "billing_address", "tax_id")


def presented(body: Facts) -> Facts:
    return {name: body.get(name) for name in _FIELDS}


def customer_facts(row: Facts) -> Facts:
    """A customer of a table as input: the tax id there carries its format."""
    facts = {name: value for name, value in row.items() if value is not None}
    if isinstance(facts.get("tax_id"), list):
        facts["tax_id"] = facts["tax_id"][0]
    return facts


@adapter(AREA, db=True)
def create(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    for row in given.get("existing") or []:
        make_customer(organization, **customer_facts(row))
    if "auth" in given and given["auth"] not in (None, "organization", "token"):
        raise NotYet
    merchant = Merchant(None if "auth" in given and given["auth"] is None else organization)
    body = {name: value for name, value in when.items() if name != "organization"}
    if when.get("organization"):
        raise NotYet
    answer = merchant.call("POST", "customers/", body)
    if answer.status >= 400:
        return answer.refusal()
    return {"status_code": answer.status, **presented(answer.body)}


@adapter(AREA, db=True)
def update(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    for row in given.get("existing") or []:
        make_customer(organization, **customer_facts(row))
    customer = make_customer(organization, **customer_facts(given["customer"]))
    merchant = Merchant(organization)
    answer = merchant.call("PATCH", f"customers/{customer.pk}", when["changes"])
    if answer.status >= 400:
        return answer.refusal()
    owner = owner_of(customer)
    return {
        "status_code": answer.status,
        "owner_member_email": owner.email if owner else None,
        **presented(answer.body),
    }


@adapter(AREA, db=True)
def delete(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    row = customer_facts(given.get("customer") or {})
    customer = make_customer(organization, **row)
    subscriptions = [
        make_row({"status": status}, organization, customer)
        for status in given.get("subscriptions") or []
    ]
    delete_customer(
        customer_id=customer.pk, anonymize=bool(when.get("anonymize")), origin=origin_at()
    )
    gone = Customer.objects.get(pk=customer.pk)
    again = make_customer(organization, email=row["email"]) if row.get("email") else None
    return {
        "external_id": gone.external_id,
        "metadata": gone.metadata,
        "name": gone.name,
        "name_length": len(gone.name or ""),
        "email_suffix": f"@{(gone.email or '').partition('@')[2]}",
        "email_reusable": again is not None,
        "subscription_statuses": [
            str(Subscription.objects.get(pk=subscription.pk).status)
            for subscription in subscriptions
        ],
    }


@adapter(AREA, op="list", db=True)
def list_(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    customers = [make_customer(organization) for _ in given["subscription_statuses"]]
    for customer, status in zip(customers, given["subscription_statuses"], strict=True):
        make_row({"status": status}, organization, customer)
    query = f"customers/?limit=100&active={str(when['active']).lower()}"
    answer = Merchant(organization).call("GET", query)
    found = {item["id"] for item in answer.body["items"]}
    return {"matched": [i for i, one in enumerate(customers) if str(one.pk) in found]}


@adapter(AREA, db=True)
def search(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    emails = given["emails"]
    for email in emails:
        make_customer(organization, email=email)
    answer = Merchant(organization).call("GET", f"customers/?limit=100&query={when['query']}")
    found = {item["email"] for item in answer.body["items"]}
    return {"matched": [index for index, email in enumerate(emails) if email in found]}
