"""What a receiver gets, and how it knows from whom."""

import hmac
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from streams.webhooks.body import SOURCES_NAMED, body_of, headers_of, signature, slack_text
from streams.webhooks.destination import Destination
from tests.docs.pages import ROOT, blocks

SIGNAL: dict[str, Any] = {
    "signal_id": "f3652a5a-4865-52c5-a063-cba645619b49",
    "step_number": 2,
    "level": "critical",
    "title": "Credit waivers",
    "subject": "borrower:Fictional Neocloud",
    "message": "Credit waivers (critical): 3 cases of relief in the last 90 days.",
    "evidence": ["f85d6495-73fa-57ca-9056-d3d9c20280d2", "5f21e90b-5bbc-5b3b-930b-d76c08865989"],
    "sources": [
        {
            "event_id": "f85d6495-73fa-57ca-9056-d3d9c20280d2",
            "headline": "Fictional Neocloud got a waiver",
            "source": "an 8-K",
            "source_url": "https://example.com/8-k?a=1&b=2",
            "known_at": "2026-11-10T21:00:00+00:00",
        },
        {"event_id": "5f21e90b-5bbc-5b3b-930b-d76c08865989"},
    ],
}
PLAIN = Destination(name="risk", url=SecretStr("https://example.com"))
SLACK = PLAIN.model_copy(update={"format": "slack"})


def test_a_plain_receiver_gets_the_signal_as_it_is_on_the_topic_and_its_id() -> None:
    body = body_of(PLAIN, "f3652a5a/2", SIGNAL)
    assert json.loads(body) == {"message_id": "f3652a5a/2", **SIGNAL}
    assert body == body_of(PLAIN, "f3652a5a/2", SIGNAL)


def test_a_number_of_any_size_can_be_posted() -> None:
    # As the database gives 1e300 back.
    huge = {**SIGNAL, "value": 10**300}
    assert json.loads(body_of(PLAIN, "f3652a5a/2", huge))["value"] == 10**300


def test_slack_gets_one_line_with_level_title_subject_message_and_linked_sources() -> None:
    assert json.loads(body_of(SLACK, "f3652a5a/2", SIGNAL)) == {
        "text": "[critical] Credit waivers, borrower:Fictional Neocloud:"
        " Credit waivers (critical): 3 cases of relief in the last 90 days."
        " Evidence: <https://example.com/8-k?a=1&amp;b=2|Fictional Neocloud got a waiver>"
        " (an 8-K, 2026-11-10); 5f21e90b-5bbc-5b3b-930b-d76c08865989."
    }


def test_slack_names_three_sources_and_counts_the_others() -> None:
    text = slack_text(SIGNAL | {"sources": [{"event_id": str(number)} for number in range(20)]})
    assert text.endswith("in the last 90 days. Evidence: 0; 1; 2; and 17 more.")
    assert slack_text(SIGNAL | {"sources": []}).endswith("in the last 90 days.")


def test_no_name_can_call_a_channel_or_hide_a_link() -> None:
    text = slack_text(SIGNAL | {"subject": "A&B <!channel> <https://example.com|a bank>"})
    assert "A&amp;B &lt;!channel&gt; &lt;https://example.com|a bank&gt;" in text


def linked(**fields: str) -> str:
    """Tell a signal with one source, and give what stands for that."""
    source = {"event_id": "1", "headline": "Waived", "source": "8-K", "known_at": "2026-11-10", **fields}
    return slack_text(SIGNAL | {"sources": [source]}).partition(" Evidence: ")[2]


def test_no_headline_and_no_address_can_end_their_link_and_begin_another() -> None:
    evil = "a>|<https://evil.example|b"
    assert linked(headline=evil, source_url="https://good.example/?a=1&b") == (
        "<https://good.example/?a=1&amp;b|a&gt;/&lt;https://evil.example/b> (8-K, 2026-11-10)."
    )
    assert linked(source_url=f"https://good.example/{evil}") == (
        "<https://good.example/a%3E%7C%3Chttps://evil.example%7Cb|Waived> (8-K, 2026-11-10)."
    )
    assert linked(source=evil) == "Waived (a&gt;|&lt;https://evil.example|b, 2026-11-10)."


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "slack://channel?id=1", "ftp://a.example", "", f"https://{'a' * 1000}"]
)
def test_nothing_but_a_web_address_of_some_length_is_a_link(address: str) -> None:
    assert linked(source_url=address) == "Waived (8-K, 2026-11-10)."


ADDRESSES = st.from_regex(r"https?://[^\s\x00-\x1f\x7f]+", fullmatch=True)
SOURCES = st.lists(
    st.fixed_dictionaries(
        {"event_id": st.uuids().map(str)},
        optional={
            "headline": st.text(min_size=1, max_size=200),
            "source": st.text(min_size=1, max_size=200),
            "source_url": ADDRESSES | st.text(max_size=2000),
            "known_at": st.datetimes().map(str),
        },
    ),
    max_size=20,
)


@settings(deadline=None)
@given(st.text(), st.text(), SOURCES)
def test_whatever_a_signal_says_is_one_bounded_line_with_no_links_but_those_of_its_sources(
    subject: str, message: str, sources: list[dict[str, str]]
) -> None:
    text = slack_text(SIGNAL | {"subject": subject, "message": message, "sources": sources})
    assert text.startswith("[critical] Credit waivers, ")
    assert len(text.splitlines()) == 1
    assert len(text) < 40_000
    links = re.findall(r"<(https?://[^|<>]+)\|([^|<>]+)>", text)
    assert len(links) <= SOURCES_NAMED
    assert text.count("<") == text.count(">") == len(links)


def test_a_signature_can_be_checked_as_the_documentation_says() -> None:
    (snippet,) = [block for block in blocks(ROOT / "docs" / "operations.md", "python") if "hmac" in block]
    names: dict[str, Any] = {}
    exec(compile(snippet, "operations.md", "exec"), names)  # noqa: S102  our own documentation
    is_genuine = names["is_genuine"]
    signed = signature("a secret", 1_767_225_600, b'{"a":1}')
    assert is_genuine("a secret", signed, b'{"a":1}', 1_767_225_600.0)
    assert not is_genuine("a secret", signed, b'{"a":2}', 1_767_225_600.0)
    assert not is_genuine("another", signed, b'{"a":1}', 1_767_225_600.0)
    assert not is_genuine("a secret", signed, b'{"a":1}', 1_767_226_600.0)
    assert not is_genuine("a secret", signed.replace("t=17672256", "t=17672257"), b'{"a":1}', 1_767_225_700.0)


def test_a_signature_is_hmac_sha_256_over_the_time_a_dot_and_the_body() -> None:
    assert signature("key", 12, b"body") == f"t=12,v1={hmac.digest(b'key', b'12.body', 'sha256').hex()}"


@pytest.mark.parametrize("secret", [None, SecretStr("shared")])
def test_a_post_names_its_message_and_is_signed_where_a_secret_is_shared(secret: SecretStr | None) -> None:
    headers = headers_of(PLAIN.model_copy(update={"secret": secret}), "f3652a5a/2", b"{}", 12, "ouroboros/1")
    expected = {
        "Content-Type": "application/json",
        "Idempotency-Key": "f3652a5a/2",
        "User-Agent": "ouroboros/1",
    }
    if secret:
        expected["Ouroboros-Signature"] = signature("shared", 12, b"{}")
    assert headers == expected
