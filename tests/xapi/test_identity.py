"""One person, one key."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi import agent_key
from xapi.identity import indexed

text = st.text(st.characters(exclude_categories=["Cs"]))
accounts = st.builds(lambda home, name: {"account": {"homePage": home, "name": name}}, text, text)
agents = st.one_of(
    accounts,
    st.builds(lambda name: {"mbox": f"mailto:{name}@example.org"}, st.from_regex("[a-z]{1,3}", fullmatch=True)),
    st.builds(lambda digits: {"mbox_sha1sum": digits}, st.from_regex("[0-9a-f]{40}", fullmatch=True)),
    st.builds(lambda name: {"openid": f"https://{name}.example.org"}, st.from_regex("[a-z]{1,3}", fullmatch=True)),
)


@pytest.mark.parametrize(
    ("agent", "key"),
    [
        ({"mbox": "mailto:Amara@example.org"}, "mbox:mailto:Amara@example.org"),
        ({"mbox_sha1sum": "CD9B00A5611F94EAA7B1661EDAB976068E364975"}, "sha1:cd9b00a5611f94eaa7b1661edab976068e364975"),
        ({"openid": "https://amara.example.org"}, "openid:https://amara.example.org"),
        ({"account": {"homePage": "https://a.example.org", "name": "7"}}, "account:https://a.example.org|7"),
        ({"account": {"homePage": "https://a|b", "name": "50 %|\u0000"}}, "account:https://a%7Cb|50 %25%7C%00"),
    ],
)
def test_keys(agent: dict[str, Any], key: str) -> None:
    assert agent_key(agent) == key


@given(accounts, accounts)
def test_two_accounts_have_one_key_only_if_they_are_one(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (agent_key(one) == agent_key(other)) == (one == other)


@given(agents, text)
def test_a_name_is_no_part_of_who_one_is(agent: dict[str, Any], name: str) -> None:
    assert agent_key({**agent, "name": name, "objectType": "Agent"}) == agent_key(agent)


@given(agents)
def test_keys_can_be_stored_by_every_database(agent: dict[str, Any]) -> None:
    assert not any(ord(character) < 32 for character in agent_key(agent))


@given(st.lists(agents, max_size=4), st.randoms())
def test_a_group_without_identifier_is_its_members(members: list[dict[str, Any]], random: Any) -> None:
    shuffled = [*members, *members[:1]]
    random.shuffle(shuffled)
    group = {"objectType": "Group", "member": members}
    assert agent_key({"objectType": "Group", "member": shuffled, "name": "x"}) == agent_key(group)


@given(st.lists(agents, max_size=4), agents)
def test_another_member_makes_another_group(members: list[dict[str, Any]], one_more: dict[str, Any]) -> None:
    before = agent_key({"objectType": "Group", "member": members})
    after = agent_key({"objectType": "Group", "member": [*members, one_more]})
    assert (before == after) == (agent_key(one_more) in {agent_key(member) for member in members})


def test_long_keys_are_indexed_by_digest() -> None:
    assert indexed("a" * 500) == "a" * 500
    assert len(indexed("a" * 100_000)) == 71
    assert indexed("a" * 501) != indexed("a" * 502)
    assert indexed(indexed("a" * 501)) != indexed("a" * 501)
