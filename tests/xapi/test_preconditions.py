"""Entity tags against lost updates: what holds, what doesn't, and what a PUT without any may do."""

import pytest

from xapi.preconditions import PreconditionFailed, Preconditions, Rule, Unconditional

HERE, OTHER, ANY = frozenset({"a", "b"}), frozenset({"z"}), frozenset({"*"})


@pytest.mark.parametrize(
    ("match", "none_match", "tag", "holds"),
    [
        (None, None, "a", True),
        (None, None, None, True),
        (HERE, None, "a", True),
        (OTHER, None, "a", False),
        (frozenset(), None, "a", False),
        (HERE, None, None, False),
        (ANY, None, "a", True),
        (ANY, None, None, False),
        (None, ANY, "a", False),
        (None, ANY, None, True),
        (None, HERE, "a", False),
        (None, OTHER, "a", True),
        (HERE, ANY, "a", False),
        (HERE, OTHER, "a", True),
    ],
)
def test_what_holds(match: frozenset[str] | None, none_match: frozenset[str] | None, tag: str, holds: bool) -> None:
    preconditions = Preconditions(match, none_match)
    if holds:
        preconditions.check(tag)
        preconditions.check_put(tag, Rule.FREE)
    else:
        with pytest.raises(PreconditionFailed):
            preconditions.check(tag)


@pytest.mark.parametrize(
    ("rule", "tag", "refused"),
    [
        (Rule.FREE, None, False),
        (Rule.FREE, "a", False),
        (Rule.NEW, None, False),
        (Rule.NEW, "a", True),
        (Rule.NEVER, None, True),
        (Rule.NEVER, "a", True),
    ],
)
def test_what_a_put_without_any_may_do(rule: Rule, tag: str | None, refused: bool) -> None:
    if not refused:
        Preconditions().check_put(tag, rule)
        return
    with pytest.raises(Unconditional) as caught:
        Preconditions().check_put(tag, rule)
    assert caught.value.exists == (tag is not None)


def test_a_refusal_says_what_is_so_and_what_to_do() -> None:
    with pytest.raises(PreconditionFailed, match=r'its ETag is "a" now\. Check its current state and decide again'):
        Preconditions(match=OTHER).check("a")
    with pytest.raises(PreconditionFailed, match="there is no such document"):
        Preconditions(match=OTHER).check(None)
    with pytest.raises(PreconditionFailed, match='stored already, with the ETag "a"'):
        Preconditions(none_match=ANY).check("a")
    with pytest.raises(Unconditional, match="Check its current state, then send If-Match with the ETag"):
        Preconditions().check_put("a", Rule.NEW)
