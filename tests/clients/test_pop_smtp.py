"""Python's poplib and smtplib, in the clear, over TLS, and from the one to the other."""

import poplib
import smtplib
import ssl
import urllib.error
from email.message import EmailMessage

import pytest
from openapi_spec_validator import validate

WAYS = ["clear", "upgrade", "implicit"]


def pop(mail, way, name="ann"):
    if way == "implicit":
        client = poplib.POP3_SSL(*mail.place("pop3", "implicit"), context=mail.tls, timeout=20)
    else:
        client = poplib.POP3(*mail.place("pop3", "upgrade"), timeout=20)
    if way == "upgrade":
        assert "STLS" in client.capa()
        client.stls(context=mail.tls)
        assert "STLS" not in client.capa()
    user, password = mail.login(name)
    client.user(user)
    client.pass_(password)
    return client


def smtp(mail, way, name="ann"):
    if way == "implicit":
        client = smtplib.SMTP_SSL(*mail.place("smtp", "implicit"), context=mail.tls, timeout=20)
    else:
        client = smtplib.SMTP(*mail.place("smtp", "upgrade"), timeout=20)
    if way == "upgrade":
        client.starttls(context=mail.tls)
        client.ehlo()
        assert not client.has_extn("starttls")
    client.login(*mail.login(name))
    return client


def message(subject, body):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "ann@example.com", "bob@example.com", subject
    made["Message-ID"] = f"<{subject}@example.com>"
    made.set_content(body)
    made.add_attachment(bytes(range(256)), "application", "octet-stream", filename="all.bin")
    made.set_boundary("a-boundary-of-our-own")
    return made


@pytest.mark.parametrize("way", WAYS)
def test_mail_goes_from_one_to_the_other(mail, way):
    made = message("there", "..dots\n.\nand an end\n")
    with smtp(mail, way) as client:
        assert client.send_message(made) == {}
    client = pop(mail, way, "bob")
    count, _ = client.stat()
    assert count == 1 and len(client.uidl()[1]) == 1
    _, lines, _ = client.retr(1)
    assert b"\r\n".join(lines) + b"\r\n" == made.as_bytes().replace(b"\n", b"\r\n")
    client.dele(1)
    client.quit()
    client = pop(mail, way, "bob")
    assert client.stat() == (0, 0)
    client.quit()
    [accepted] = mail.call("GET", "/accepted")["accepted"]
    assert accepted["recipients"] == ["bob@example.com"]
    counts = mail.stop()["mailboxes"]
    assert counts["ann@example.com"]["accepted"] == 1
    assert counts["bob@example.com"] == {
        "delivered": 1, "served": 1, "served_again": 0, "deleted": 1, "accepted": 0, "pending": 0,
    }


def test_a_thousand_messages_of_every_kind(mail):
    for n in range(1000):
        kind = ["plain", "multipart", "dots", "eight-bit", "poison"][n % 5]
        mail.deliver("ann", octets=500 + n, kind=kind)
    client = pop(mail, "upgrade")
    count, octets = client.stat()
    assert count == 1000
    assert sum(int(line.split()[1]) for line in client.list()[1]) == octets
    assert len(set(client.uidl()[1])) == 1000
    for n in range(1, 1001, 97):
        _, lines, _ = client.retr(n)
        size = int(client.list(n).split()[2])
        assert len(b"\r\n".join(lines)) + 2 == size
    client.quit()


def test_refusals_are_understood(mail):
    mail.fault(name="busy", on="pop", effect={"refuse": "sys-temp"}, which={"first": 1})
    with pytest.raises(poplib.error_proto, match="SYS/TEMP"):
        pop(mail, "clear")
    pop(mail, "clear").quit()
    client = poplib.POP3(*mail.place("pop3", "upgrade"), timeout=20)
    client.user("ann@example.com")
    with pytest.raises(poplib.error_proto, match="AUTH"):
        client.pass_("wrong")
    client.close()

    mail.fault(name="grey", on="submission", effect={"refuse": "greylist"})
    with smtp(mail, "clear") as client:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            client.send_message(message("no", "x"))
        assert refused.value.recipients["bob@example.com"][0] == 451
    mail.end_fault("grey")
    with smtp(mail, "clear") as client:
        client.send_message(message("yes", "x"))
        assert client.sendmail("ann@example.com", ["no@example.com", "x@y.example"], b"S: x\r\n\r\n")[
            "no@example.com"
        ][0] == 550


def test_starttls_goes_wrong_in_every_way(mail):
    mail.fault(name="no", on="submission", effect={"refuse": "tls-unavailable"})
    client = smtplib.SMTP(*mail.place("smtp", "upgrade"), timeout=20)
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        client.starttls(context=mail.tls)
    assert refused.value.smtp_code == 454
    client.close()
    mail.end_fault("no")
    for flaw, words in [
        ("expired", "expired"),
        ("wrong-name", "not valid for"),
        ("untrusted", "unable to get local issuer"),
    ]:
        for on in ["pop", "submission"]:
            mail.fault(name=on, on=on, effect={"tls": flaw})
        with pytest.raises(ssl.SSLCertVerificationError, match=words):
            pop(mail, "upgrade")
        with pytest.raises(ssl.SSLCertVerificationError, match=words):
            smtp(mail, "upgrade")
        for on in ["pop", "submission"]:
            mail.end_fault(on)
    mail.fault(name="cut", on="pop", effect={"tls": "cut"}, which={"first": 1})
    with pytest.raises(OSError):
        pop(mail, "upgrade")
    pop(mail, "upgrade").quit()


def test_a_broken_connection_is_noticed(mail):
    mail.deliver("ann", octets=10000)
    mail.fault(name="cut", on="pop", operation=["retr"], effect={"truncate": "200B"})
    client = pop(mail, "implicit")
    with pytest.raises((OSError, poplib.error_proto)):
        client.retr(1)
    mail.fault(name="lost", on="submission", operation=["final-dot"], effect="commit-then-fail")
    client = smtp(mail, "upgrade")
    with pytest.raises((OSError, smtplib.SMTPServerDisconnected)):
        client.send_message(message("lost", "x"))
    assert len(mail.call("GET", "/accepted")["accepted"]) == 1


def test_the_document_is_openapi(mail):
    validate(mail.call("GET", "/openapi.json"))
    with pytest.raises(urllib.error.HTTPError) as refused:
        mail.fault(name="x", on="pop", effect={"refuse": "sys-tmep"})
    assert refused.value.code == 400 and b"did you mean" in refused.value.read()
