"""exchangelib, unmodified, over HTTPS with the certificate that the server has made."""

import datetime
import threading
import time
from decimal import Decimal

import pytest
import requests.adapters
from exchangelib import (
    BASIC,
    DELEGATE,
    Account,
    CalendarItem,
    Configuration,
    Contact,
    Credentials,
    EWSDateTime,
    EWSTimeZone,
    FaultTolerance,
    FileAttachment,
    Folder,
    HTMLBody,
    ItemAttachment,
    Mailbox,
    Message,
    Task,
)
from exchangelib.errors import ErrorItemNotFound, ErrorSubscriptionNotFound, UnauthorizedError
from exchangelib.folders import Messages
from exchangelib.indexed_properties import EmailAddress, PhoneNumber
from exchangelib.protocol import BaseProtocol
from exchangelib.recurrence import Recurrence, WeeklyPattern

# Hard-coded to 10 seconds, whatever the retry policy says.
BaseProtocol.RETRY_WAIT = 1
UTC = EWSTimeZone("UTC")


@pytest.fixture(scope="module", autouse=True)
def trust(exchange):
    """Makes exchangelib believe this server's certificate, and no other."""

    class Adapter(requests.adapters.HTTPAdapter):
        def cert_verify(self, conn, url, verify, cert):
            super().cert_verify(conn=conn, url=url, verify=exchange.ca, cert=cert)

    BaseProtocol.HTTP_ADAPTER_CLS = Adapter


def open_account(exchange, name="ann", tls="implicit", password=None, max_wait=60):
    user, known = exchange.login(name)
    config = Configuration(
        service_endpoint=exchange.endpoint("ews", tls)["url"],
        credentials=Credentials(user, password or known),
        auth_type=BASIC,
        retry_policy=FaultTolerance(max_wait=max_wait) if max_wait else None,
    )
    return Account(
        primary_smtp_address=f"{name}@example.com",
        config=config,
        autodiscover=False,
        access_type=DELEGATE,
        default_timezone=UTC,
    )


@pytest.fixture(scope="module")
def ann(exchange):
    return open_account(exchange)


@pytest.fixture(scope="module")
def bob(exchange):
    return open_account(exchange, "bob")


@pytest.fixture
def folder(ann, request):
    made = Folder(parent=ann.inbox, name=request.node.name)
    made.save()
    yield made
    made.wipe()
    made.delete()


def until(found, seconds=20):
    """Waits until something is found."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        it = found()
        if it:
            return it
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def test_the_way_in(exchange, ann):
    assert ann.version.build.major_version == 15
    assert open_account(exchange, tls="none").inbox.total_count is not None
    with pytest.raises(UnauthorizedError):
        open_account(exchange, password="wrong", max_wait=None).inbox.refresh()


def test_folders(ann):
    assert ann.root.tree() and ann.msg_folder_root.children
    made = Folder(parent=ann.inbox, name="made")
    made.save()
    below = Messages(parent=made, name="below")
    below.save()
    assert [one.name for one in made.children] == ["below"]
    below.name = "renamed"
    below.save()
    below.refresh()
    assert below.name == "renamed"
    assert ann.inbox / "made" / "renamed"
    below.move(ann.inbox)
    ann.root.clear_cache()
    assert {"made", "renamed"} <= {one.name for one in ann.inbox.children}
    below.delete()
    made.delete()
    ann.root.clear_cache()
    assert "made" not in {one.name for one in ann.inbox.children}


def test_mail_comes_in(exchange, ann):
    raw = "From: Zoe <zoe@elsewhere.example>\r\nTo: ann@example.com\r\nSubject: in\r\n" \
        "Message-ID: <in@elsewhere.example>\r\nDate: Mon, 02 Mar 2026 08:00:00 +0000\r\n\r\nhello\r\n"
    exchange.deliver("ann", raw=raw)
    [item] = ann.inbox.filter(subject="in")
    assert item.sender.email_address == "zoe@elsewhere.example"
    assert item.message_id == "<in@elsewhere.example>"
    assert not item.is_read and item.text_body.strip() == "hello"
    assert item.mime_content == raw.encode()
    item.is_read = True
    item.save(update_fields=["is_read"])
    item.refresh()
    assert item.is_read
    item.categories = ["Tracked"]
    item.save(update_fields=["categories"])
    assert ann.inbox.get(subject="in").categories == ["Tracked"]
    item.move(ann.trash)
    assert not ann.inbox.filter(subject="in").exists() and ann.trash.get(subject="in")
    item.delete()
    assert not ann.trash.filter(subject="in").exists()


def test_mail_goes_out_with_attachments(exchange, ann, bob):
    every_octet = bytes(range(256)) * 50
    made = Message(
        account=ann,
        folder=ann.sent,
        subject="out",
        body=HTMLBody("<p>hello</p>"),
        to_recipients=["bob@example.com"],
        cc_recipients=[Mailbox(email_address="zoe@elsewhere.example")],
    )
    made.attach(FileAttachment(name="all.bin", content=every_octet))
    made.send_and_save()
    got = until(lambda: list(bob.inbox.filter(subject="out")))[0]
    assert got.author.email_address == "ann@example.com" and "hello" in got.body
    assert [one.name for one in got.attachments] == ["all.bin"]
    assert got.attachments[0].content == every_octet
    assert ann.sent.get(subject="out")
    accepted = exchange.call("GET", "/accepted?mailbox=ann")["accepted"][-1]
    assert accepted["sender"] == "ann@example.com"
    assert sorted(accepted["recipients"]) == ["bob@example.com", "zoe@elsewhere.example"]
    assert b"Subject: out" in exchange.call("GET", f"/accepted/{accepted['number']}")
    assert exchange.call("GET", "/ledger")["mailboxes"]["ann@example.com"]["accepted"] >= 1


def test_attachments_come_and_go(ann, folder):
    made = Message(account=ann, folder=folder, subject="draft", to_recipients=["bob@example.com"])
    made.save()
    made.attach(FileAttachment(name="one.txt", content=b"one"))
    made.attach(FileAttachment(name="two.txt", content=b"two" * 10000))
    got = folder.get(subject="draft")
    assert {a.name: a.content for a in got.attachments} == {"one.txt": b"one", "two.txt": b"two" * 10000}
    made.detach(made.attachments[0])
    assert [a.name for a in folder.get(subject="draft").attachments] == ["two.txt"]


def test_items_hang_on_mail_and_stay_items(ann, bob):
    start = EWSDateTime(2026, 3, 3, 10, tzinfo=UTC)
    inner = Message(account=ann, subject="inner", body="inner body", to_recipients=["zoe@elsewhere.example"])
    review = CalendarItem(subject="review", start=start, end=start + datetime.timedelta(hours=1))
    made = Message(account=ann, folder=ann.sent, subject="with items", to_recipients=["bob@example.com"])
    made.attach(ItemAttachment(name="a message", item=inner))
    made.attach(ItemAttachment(name="a meeting", item=review))
    made.send_and_save()
    got = until(lambda: list(bob.inbox.filter(subject="with items")))[0]
    assert [one.name for one in got.attachments] == ["a message", "a meeting"]
    message, meeting = [one.item for one in got.attachments]
    assert message.subject == "inner" and "inner body" in message.body
    assert meeting.subject == "review" and meeting.start == start


def test_calendar(ann):
    start = EWSDateTime(2026, 3, 10, 9, tzinfo=UTC)
    made = CalendarItem(
        account=ann, folder=ann.calendar, subject="one", location="here",
        start=start, end=start + datetime.timedelta(hours=1),
    )
    made.save()
    made.end += datetime.timedelta(hours=1)
    made.save()
    [seen] = ann.calendar.view(start=start, end=start + datetime.timedelta(days=1))
    assert (seen.subject, seen.location, seen.end - seen.start) == (
        "one", "here", datetime.timedelta(hours=2))
    made.delete()
    assert not list(ann.calendar.view(start=start, end=start + datetime.timedelta(days=1)))


def test_a_series(ann):
    start = EWSDateTime(2026, 4, 7, 9, tzinfo=UTC)
    made = CalendarItem(
        account=ann, folder=ann.calendar, subject="weekly",
        start=start, end=start + datetime.timedelta(hours=1),
        recurrence=Recurrence(
            pattern=WeeklyPattern(interval=1, weekdays=["Tuesday", "Thursday"]),
            start=start.date(), number=6,
        ),
    )
    made.save()
    end = start + datetime.timedelta(days=60)
    seen = sorted(ann.calendar.view(start=start, end=end), key=lambda one: one.start)
    assert [one.start.day for one in seen] == [7, 9, 14, 16, 21, 23]
    assert all(one.subject == "weekly" for one in seen)
    third = made.occurrence(index=3)
    third.subject = "moved"
    third.save(update_fields=["subject"])
    made.occurrence(index=5).delete()
    seen = sorted(ann.calendar.view(start=start, end=end), key=lambda one: one.start)
    assert [one.subject for one in seen] == ["weekly", "weekly", "moved", "weekly", "weekly"]
    made.delete()


def test_contacts(ann):
    made = Contact(
        account=ann, folder=ann.contacts, given_name="Zoe", surname="Zett", display_name="Zoe Zett",
        company_name="Elsewhere",
        email_addresses=[EmailAddress(label="EmailAddress1", email="zoe@elsewhere.example")],
        phone_numbers=[PhoneNumber(label="MobilePhone", phone_number="+1 555 0100")],
    )
    made.save()
    got = ann.contacts.get(display_name="Zoe Zett")
    assert got.email_addresses[0].email == "zoe@elsewhere.example"
    assert [p.phone_number for p in got.phone_numbers if p.phone_number] == ["+1 555 0100"]
    got.company_name = "Nowhere"
    got.save()
    assert ann.contacts.get(display_name="Zoe Zett").company_name == "Nowhere"
    got.delete()
    assert not ann.contacts.all().exists()


def test_tasks(ann):
    made = Task(account=ann, folder=ann.tasks, subject="to do", due_date=datetime.date(2026, 3, 20))
    made.save()
    got = ann.tasks.get(subject="to do")
    assert got.due_date == datetime.date(2026, 3, 20)
    got.status, got.percent_complete = "InProgress", Decimal(50)
    got.save()
    assert ann.tasks.get(subject="to do").status == "InProgress"
    got.delete()


def test_items_synchronise_over_several_rounds(ann, folder):
    def changes():
        return [(kind, getattr(item, "subject", None)) for kind, item in folder.sync_items()]

    made = [Message(account=ann, folder=folder, subject=f"n{n}") for n in range(3)]
    for one in made:
        one.save()
    assert sorted(changes()) == [("create", f"n{n}") for n in range(3)]
    assert changes() == []
    made[0].subject = "changed"
    made[0].save()
    made[1].delete()
    kinds = sorted(kind for kind, _ in changes())
    assert kinds == ["delete", "update"]
    made[2].is_read = not made[2].is_read
    made[2].save(update_fields=["is_read"])
    assert [kind for kind, _ in changes()] in (["read_flag_change"], ["update"])
    assert changes() == []


def test_folders_synchronise_over_several_rounds(ann):
    def changes():
        return sorted((kind, getattr(one, "name", None)) for kind, one in ann.inbox.sync_hierarchy())

    changes()
    assert changes() == []
    made = Folder(parent=ann.inbox, name="new")
    made.save()
    assert changes() == [("create", "new")]
    made.name = "newer"
    made.save()
    assert changes() == [("update", "newer")]
    made.delete()
    assert [kind for kind, _ in changes()] == ["delete"]


def test_paging(ann, folder):
    all_ = [Message(account=ann, folder=folder, subject=f"page {n:03}") for n in range(130)]
    ann.bulk_create(folder=folder, items=all_, chunk_size=50)
    query = folder.all().only("subject").order_by("subject")
    query.page_size = 20
    assert [one.subject for one in query] == [f"page {n:03}" for n in range(130)]
    last = folder.all().only("subject").order_by("-subject")[:2]
    assert [one.subject for one in last] == ["page 129", "page 128"]
    assert folder.filter(subject__startswith="page 12").count() == 10


def test_a_pull_subscription(exchange, ann):
    with ann.inbox.pull_subscription() as (subscription, watermark):
        exchange.deliver("ann", octets=500)
        kinds = []

        def events():
            nonlocal watermark
            for notification in ann.inbox.get_events(subscription, watermark):
                for event in notification.events:
                    watermark = event.watermark
                    kinds.append(type(event).__name__)
            return "NewMailEvent" in kinds or "CreatedEvent" in kinds

        until(events)


def test_a_streaming_subscription(exchange, ann):
    with ann.inbox.streaming_subscription() as subscription:
        later = threading.Timer(1, lambda: exchange.deliver("ann", octets=500))
        later.start()
        began = time.monotonic()
        for notification in ann.inbox.get_streaming_events(
            subscription, connection_timeout=1, max_notifications_returned=1
        ):
            kinds = [type(event).__name__ for event in notification.events]
            assert "NewMailEvent" in kinds or "CreatedEvent" in kinds, kinds
            break
        else:
            raise AssertionError("no notification")
        assert time.monotonic() - began < 20
        later.join()


def test_a_lost_streaming_subscription(exchange, ann):
    def first_kinds(subscription):
        later = threading.Timer(1, lambda: exchange.deliver("ann", octets=500))
        later.start()
        for notification in ann.inbox.get_streaming_events(
            subscription, connection_timeout=1, max_notifications_returned=1
        ):
            later.join()
            return [type(event).__name__ for event in notification.events]
        raise AssertionError("no notification")

    with ann.inbox.streaming_subscription() as subscription:
        exchange.fault(
            name="lost",
            on="exchange",
            operation=["GetStreamingEvents"],
            effect={"refuse": "subscription-lost"},
            which={"first": 1},
        )
        with pytest.raises(ErrorSubscriptionNotFound):
            first_kinds(subscription)
    # A fresh one, without the old watermark (domain.md 4.4), hears of what comes next.
    with ann.inbox.streaming_subscription() as subscription:
        assert "NewMailEvent" in first_kinds(subscription)


def test_user_configuration(ann):
    """The list of categories is one: MS-OXOCFG 2.2.5.2.2."""
    with pytest.raises(ErrorItemNotFound):
        ann.calendar.get_user_configuration("CategoryList")
    text = '<categories xmlns="CategoryList.xsd"><category name="Blue" guid="{1}"/></categories>'
    ann.calendar.create_user_configuration(
        "CategoryList", dictionary={"one": "two"}, xml_data=text.encode()
    )
    ann.calendar.update_user_configuration("CategoryList", binary_data=b"\x00\xff")
    found = ann.calendar.get_user_configuration("CategoryList")
    assert found.xml_data == text.encode()
    assert found.binary_data == b"\x00\xff"
    assert found.dictionary == {"one": "two"}
    ann.calendar.delete_user_configuration("CategoryList")
    with pytest.raises(ErrorItemNotFound):
        ann.calendar.get_user_configuration("CategoryList")


def test_server_busy_is_obeyed(exchange, ann):
    effect = {"refuse_for": {"words": "server-busy", "back_off": "3s"}}
    exchange.fault(name="busy", on="exchange", effect=effect, which={"first": 1})
    began = time.monotonic()
    ann.inbox.refresh()
    waited = time.monotonic() - began
    struck = {one["name"]: one["struck"] for one in exchange.call("GET", "/faults")["faults"]}
    assert struck["busy"] == 1
    assert 2.9 <= waited < 20, waited
