// ews-javascript-api, a port of Microsoft's own EWS Managed API: node ews-js.js URL USER PASSWORD
const assert = require("node:assert");
const ews = require("ews-javascript-api");

const [url, user, password] = process.argv.slice(2);
const service = new ews.ExchangeService(ews.ExchangeVersion.Exchange2013);
service.Credentials = new ews.WebCredentials(user, password);
service.Url = new ews.Uri(url);
const inbox = ews.WellKnownFolderName.Inbox;
const all = (items) => items.Items ?? items;

const tests = {
  async "a folder is bound"() {
    const folder = await ews.Folder.Bind(service, inbox);
    assert.equal(folder.DisplayName, "Inbox");
  },
  async "folders are made, renamed and deleted"() {
    const folder = new ews.Folder(service);
    folder.DisplayName = "made";
    await folder.Save(inbox);
    folder.DisplayName = "renamed";
    await folder.Update();
    const found = await service.FindFolders(inbox, new ews.FolderView(10));
    assert.deepEqual(found.Folders.map((one) => one.DisplayName), ["renamed"]);
    await folder.Delete(ews.DeleteMode.HardDelete);
    const rest = await service.FindFolders(inbox, new ews.FolderView(10));
    assert.equal(rest.Folders.length, 0);
  },
  async "mail is sent with an attachment, found and read"() {
    const mail = new ews.EmailMessage(service);
    mail.Subject = "from JavaScript";
    mail.Body = new ews.MessageBody(ews.BodyType.Text, "hello");
    mail.ToRecipients.Add(user);
    mail.Attachments.AddFileAttachment("a.txt", Buffer.from("attached").toString("base64"));
    await mail.SendAndSaveCopy();
    const filter = new ews.SearchFilter.IsEqualTo(ews.ItemSchema.Subject, "from JavaScript");
    const found = await service.FindItems(inbox, filter, new ews.ItemView(10));
    assert.equal(found.TotalCount, 1);
    const got = await ews.EmailMessage.Bind(service, found.Items[0].Id);
    assert.equal(got.From.Address, user);
    assert.match(got.Body.Text, /hello/);
    assert.equal(got.Attachments.Count, 1);
    const [file] = got.Attachments.Items;
    await file.Load();
    assert.equal(Buffer.from(file.Base64Content, "base64").toString(), "attached");
    got.IsRead = true;
    await got.Update(ews.ConflictResolutionMode.AutoResolve);
    const copy = await service.FindItems(ews.WellKnownFolderName.SentItems, new ews.ItemView(10));
    assert.equal(copy.TotalCount, 1);
    await got.Delete(ews.DeleteMode.HardDelete);
  },
  async "an appointment is made, seen and deleted"() {
    const made = new ews.Appointment(service);
    made.Subject = "at nine";
    made.Start = new ews.DateTime("2026-03-10T09:00:00Z");
    made.End = new ews.DateTime("2026-03-10T10:00:00Z");
    await made.Save(ews.WellKnownFolderName.Calendar, ews.SendInvitationsMode.SendToNone);
    const view = new ews.CalendarView(
      new ews.DateTime("2026-03-10T00:00:00Z"), new ews.DateTime("2026-03-11T00:00:00Z"));
    const seen = await service.FindAppointments(ews.WellKnownFolderName.Calendar, view);
    assert.deepEqual(all(seen).map((one) => one.Subject), ["at nine"]);
    await made.Delete(ews.DeleteMode.HardDelete, ews.SendCancellationsMode.SendToNone);
  },
  async "a contact is made and read"() {
    const made = new ews.Contact(service);
    made.GivenName = "Zoe";
    made.Surname = "Zett";
    made.DisplayName = "Zoe Zett";
    await made.Save(ews.WellKnownFolderName.Contacts);
    const got = await ews.Contact.Bind(service, made.Id);
    assert.equal(got.GivenName, "Zoe");
    await got.Delete(ews.DeleteMode.HardDelete);
  },
  async "a task is made and read"() {
    const made = new ews.Task(service);
    made.Subject = "to do";
    await made.Save(ews.WellKnownFolderName.Tasks);
    const got = await ews.Task.Bind(service, made.Id);
    assert.equal(got.Subject, "to do");
    await got.Delete(ews.DeleteMode.HardDelete);
  },
  async "items synchronise"() {
    const shape = new ews.PropertySet(ews.BasePropertySet.IdOnly);
    const id = new ews.FolderId(inbox);
    const changes = (state) => service.SyncFolderItems(
      id, shape, null, 100, ews.SyncFolderItemsScope.NormalItems, state);
    const before = await changes(null);
    const mail = new ews.EmailMessage(service);
    mail.Subject = "draft";
    await mail.Save(inbox);
    const after = await changes(before.SyncState);
    assert.equal(after.Count, 1);
    assert.equal((await changes(after.SyncState)).Count, 0);
    await mail.Delete(ews.DeleteMode.HardDelete);
  },
  async "a pull subscription tells of new items"() {
    const subscription = await service.SubscribeToPullNotifications(
      [new ews.FolderId(inbox)], 5, null, ews.EventType.Created);
    const mail = new ews.EmailMessage(service);
    mail.Subject = "noticed";
    await mail.Save(inbox);
    const events = await subscription.GetEvents();
    assert.ok(events.AllEvents.length >= 1);
    await subscription.Unsubscribe();
    await mail.Delete(ews.DeleteMode.HardDelete);
  },
  async "names are resolved"() {
    const found = await service.ResolveName("bob");
    assert.equal(found.Count, 1);
  },
};

(async () => {
  let passed = 0;
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      passed += 1;
      console.log(`ok    ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${name}: ${error.Message ?? error.message ?? error}`);
      if (process.env.VERBOSE) console.log(error);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
})();
