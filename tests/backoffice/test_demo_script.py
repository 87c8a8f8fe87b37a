"""The story of the demo's business is the same every time, and can be played."""

from apps.backoffice.demo.life import _VERBS
from apps.backoffice.demo.money_out import ACTS, VERBS
from apps.backoffice.demo.script import DAYS, acts, people


def test_the_same_story_every_time() -> None:
    assert acts() == acts()
    assert people() == people()


def test_everybody_subscribes_before_they_do_anything_else() -> None:
    known: set[int] = set()
    for act in acts():
        assert 0 <= act.day < DAYS
        if act.verb == "subscribe":
            assert act.person not in known
            known.add(act.person)
        assert act.person in known
        assert act.verb == "subscribe" or act.verb in _VERBS


def test_has_turns_of_every_kind() -> None:
    verbs = {act.verb for act in acts()}
    assert verbs == {"subscribe", *_VERBS}


def test_nobody_shares_an_address() -> None:
    addresses = [person.email for person in people()]
    assert len(set(addresses)) == len(addresses)


def test_money_goes_out_in_order_and_in_every_way() -> None:
    assert [day for day, _ in ACTS] == sorted(day for day, _ in ACTS)
    assert {verb for _, verb in ACTS} == set(VERBS)
    assert ACTS[0][1] == "open" and all(0 <= day < DAYS for day, _ in ACTS)
