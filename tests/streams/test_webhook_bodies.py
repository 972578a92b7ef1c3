"""What a receiver gets, and how it knows from whom."""

import hmac
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from streams.webhooks.body import LONGEST_SENTENCE, body_of, headers_of, signature, slack_text
from streams.webhooks.destination import Destination, Format
from tests.docs.pages import ROOT, blocks

SIGNAL: dict[str, Any] = {
    "signal_id": "f3652a5a-4865-52c5-a063-cba645619b49",
    "step_number": 2,
    "level": "critical",
    "title": "Credit waivers",
    "subject": "borrower:Fictional Neocloud",
    "message": "Credit waivers (critical): 3 lender favours in the last 90 days.",
    "evidence": ["f85d6495-73fa-57ca-9056-d3d9c20280d2", "5f21e90b-5bbc-5b3b-930b-d76c08865989"],
}
PLAIN = Destination(name="risk", url=SecretStr("https://example.com"))
SLACK = PLAIN.model_copy(update={"format": Format.SLACK})


def test_a_plain_receiver_gets_the_signal_as_it_is_on_the_topic_and_its_id() -> None:
    body = body_of(PLAIN, "f3652a5a/2", SIGNAL)
    assert json.loads(body) == {"message_id": "f3652a5a/2", **SIGNAL}
    assert body == body_of(PLAIN, "f3652a5a/2", SIGNAL)


def test_slack_gets_one_line_with_level_title_subject_message_and_evidence() -> None:
    assert json.loads(body_of(SLACK, "f3652a5a/2", SIGNAL)) == {
        "text": "[critical] Credit waivers, borrower:Fictional Neocloud:"
        " Credit waivers (critical): 3 lender favours in the last 90 days."
        " Evidence: f85d6495-73fa-57ca-9056-d3d9c20280d2, 5f21e90b-5bbc-5b3b-930b-d76c08865989."
    }


def test_no_name_can_call_a_channel_or_hide_a_link() -> None:
    text = slack_text(SIGNAL | {"subject": "A&B <!channel> <https://example.com|a bank>"})
    assert "A&amp;B &lt;!channel&gt; &lt;https://example.com|a bank&gt;" in text


@settings(deadline=None)
@given(st.text(), st.text(), st.lists(st.uuids().map(str), max_size=20))
def test_whatever_a_signal_says_is_one_bounded_line_without_markup(
    subject: str, message: str, evidence: list[str]
) -> None:
    text = slack_text(SIGNAL | {"subject": subject, "message": message, "evidence": evidence})
    assert len(text.splitlines()) == 1
    assert not {"<", ">"} & set(text)
    raw = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert raw.startswith("[critical] Credit waivers, ")
    assert len(raw) <= LONGEST_SENTENCE + 20 * 38 + 12
    assert all(one in raw for one in evidence)


def test_a_signature_can_be_checked_as_the_documentation_says() -> None:
    (snippet,) = [one for one in blocks(ROOT / "docs" / "operations.md", "python") if "hmac" in one]
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
