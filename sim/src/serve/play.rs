//! Takes a served scenario through its time: acts and the load when they are due, and what the
//! control interface orders, until somebody says stop.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use fake_servers::{Bell, Listening};
use tokio::sync::mpsc;

use super::act::{Act, ActNo, Order, Step};
use super::stage::Stage;
use crate::time::SimTime;
use crate::world::{Load, RunClock};

/// What is still to happen.
pub(super) struct Agenda {
    /// By time, those of one moment in the order in which they were added. Acts that are gone by
    /// then do nothing.
    turns: BTreeMap<(SimTime, u64), (ActNo, Turn)>,
    added: u64,
    acts: BTreeMap<ActNo, Running>,
    load: Box<dyn Load>,
    /// Ring when the load has something to do that it did not have before.
    given: Vec<Bell>,
    clock: Arc<dyn RunClock>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Begin,
    End,
}

/// An act that is not over.
struct Running {
    act: Act,
    begun: bool,
}

impl Agenda {
    /// Acts, numbered by their places, and a load with what rings when clients give it more to do.
    pub(super) fn new(
        acts: Vec<Act>,
        (load, given): (Box<dyn Load>, Vec<Bell>),
        clock: Arc<dyn RunClock>,
    ) -> Self {
        let (turns, acts_by_no) = (BTreeMap::new(), BTreeMap::new());
        let mut agenda = Self { turns, added: 0, acts: acts_by_no, load, given, clock };
        for (no, act) in (0..).map(ActNo).zip(acts) {
            agenda.add(no, act);
        }
        agenda
    }

    fn add(&mut self, no: ActNo, act: Act) {
        let end = act.period.until.map(|until| (until, Turn::End));
        for (at, turn) in [Some((act.period.from, Turn::Begin)), end].into_iter().flatten() {
            self.turns.insert((at, self.added), (no, turn));
            self.added += 1;
        }
        self.acts.insert(no, Running { act, begun: false });
    }

    /// Makes everything happen in its time. Never ends by itself; may be dropped at any await.
    pub(super) async fn play(&mut self, stage: &mut Stage, mut orders: mpsc::Receiver<Order>) {
        loop {
            // Listened to before anything is looked at, so that nothing given meanwhile is missed.
            let more = any(self.given.iter().map(|bell| bell.rung_since(bell.rings())).collect());
            let now = self.clock.sim_now();
            self.catch_up(now, stage).await;
            let turn = self.turns.first_key_value().map(|((at, _), _)| *at);
            let next = [turn, self.load.next()].into_iter().flatten().min();
            let timer = next.map(|at| self.clock.timer(at.since(now)));
            tokio::select! {
                biased;
                Some(order) = orders.recv() => match order {
                    Order::Add(no, act) => self.add(no, act),
                    Order::Stop(no) => perform(self.end(no), stage).await,
                },
                () = more => {}
                () = tokio::time::sleep(timer.unwrap_or_default()), if timer.is_some() => {}
            }
        }
    }

    async fn catch_up(&mut self, now: SimTime, stage: &mut Stage) {
        while let Some(entry) = self.turns.first_entry()
            && entry.key().0 <= now
        {
            let steps = match entry.remove() {
                (no, Turn::Begin) => self.begin(no),
                (no, Turn::End) => self.end(no),
            };
            perform(steps, stage).await;
        }
        if self.load.next().is_some_and(|at| at <= now) {
            self.load.act(now);
        }
    }

    fn begin(&mut self, no: ActNo) -> Vec<Step> {
        let Some(running) = self.acts.get_mut(&no) else { return Vec::new() };
        running.begun = true;
        running.act.steps.iter().map(|(begin, _)| begin.clone()).collect()
    }

    /// Takes an act off. One that has not begun leaves nothing behind; what another act has done
    /// too stays as that one wants it.
    fn end(&mut self, no: ActNo) -> Vec<Step> {
        let Some(over) = self.acts.remove(&no).filter(|over| over.begun) else { return Vec::new() };
        let mut steps = Vec::new();
        for (begin, end) in over.act.steps.into_iter().rev() {
            let begun = self.acts.values().filter(|running| running.begun);
            let shared = begun.flat_map(|running| &running.act.steps).filter(|(_, e)| e.is(&end));
            let shared: Vec<_> = shared.map(|(begin, _)| begin.clone()).collect();
            if !shared.iter().any(|other| other.is(&begin)) {
                steps.push(end);
                steps.extend(shared);
            }
        }
        steps
    }
}

/// Ready when any of them is; never when there is none.
async fn any(mut bells: Vec<Listening>) {
    poll_fn(|cx| {
        let mut rung = bells.iter_mut().map(|bell| Pin::new(bell).poll(cx).is_ready());
        if rung.any(|rung| rung) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

async fn perform(steps: Vec<Step>, stage: &mut Stage) {
    for step in steps {
        match step {
            Step::World(change) => stage.change(&change).await,
            Step::Lock { server, mailbox, hold: true } => server.hold_lock(mailbox),
            Step::Lock { server, mailbox, hold: false } => server.release_lock(mailbox),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use fake_servers::exchange::ExchangeServer;
    use fake_servers::store::lock_store;
    use fake_servers::{Actions, MailboxIx, Session};
    use jiff::Timestamp;

    use super::super::clock::{PacedClock, Speed};
    use super::super::names::Names;
    use super::super::record::Record;
    use super::*;
    use crate::log::{HostIx, SharedLog};
    use crate::run::Backstage;
    use crate::scenario::Period;
    use crate::world::{Change, Direction};

    struct Nothing;

    impl Load for Nothing {
        fn next(&self) -> Option<SimTime> {
            None
        }

        fn act(&mut self, _: SimTime) {}
    }

    #[derive(Debug)]
    struct Still;

    impl RunClock for Still {
        fn sim_now(&self) -> SimTime {
            SimTime(0)
        }

        fn timer(&self, how_long: Duration) -> Duration {
            how_long
        }
    }

    fn agenda(changes: &[(Change, Change)]) -> Agenda {
        let act = |(begin, end): &(Change, Change)| Act {
            period: Period { from: SimTime(5), until: Some(SimTime(9)) },
            steps: vec![(Step::World(begin.clone()), Step::World(end.clone()))],
        };
        let load = (Box::new(Nothing) as Box<dyn Load>, Vec::new());
        Agenda::new(changes.iter().map(act).collect(), load, Arc::new(Still))
    }

    fn worlds(steps: Vec<Step>) -> Vec<Change> {
        let world = |step| match step {
            Step::World(change) => change,
            Step::Lock { .. } => panic!("nobody locks"),
        };
        steps.into_iter().map(world).collect()
    }

    #[test]
    fn what_has_not_begun_leaves_nothing_behind_and_never_begins() {
        let server = HostIx(0);
        let crash = (Change::CrashServer(server), Change::StartServer(server));
        let mut agenda = agenda(&[crash.clone(), crash.clone()]);
        assert_eq!(worlds(agenda.end(ActNo(0))), []);
        assert_eq!(worlds(agenda.begin(ActNo(0))), []);
        assert_eq!(worlds(agenda.begin(ActNo(1))), [crash.0]);
        assert_eq!(worlds(agenda.end(ActNo(1))), [crash.1]);
        assert_eq!(worlds(agenda.end(ActNo(1))), [], "its time comes after it was stopped");
    }

    #[test]
    fn the_end_of_one_is_not_the_end_of_another() {
        let server = HostIx(0);
        let only = |way| Change::PartitionOneWay(server, way);
        let [to, from] = [Direction::ToServer, Direction::ToEngine].map(only);
        let repair = Change::Repair(server);
        let hold = (Change::Hold(server), Change::Release(server));
        let mut agenda =
            agenda(&[(to, repair.clone()), (from.clone(), repair.clone()), hold.clone(), hold]);
        for no in (0..4).map(ActNo) {
            agenda.begin(no);
        }
        assert_eq!(worlds(agenda.end(ActNo(0))), [repair.clone(), from], "the other way is cut on");
        assert_eq!(worlds(agenda.end(ActNo(1))), [repair]);
        assert_eq!(worlds(agenda.end(ActNo(2))), [], "it is still held");
        assert_eq!(worlds(agenda.end(ActNo(3))), [Change::Release(server)]);
    }

    const LIMITED: &str = r#"
        schema = 1
        title = "One message a minute"
        why = "for a test"
        [run]
        stop = { after = "1h" }
        [server.exchange]
        speaks = "ews"
        options = { MessageRateLimit = 1 }
        [[mailbox]]
        name = "ann"
        incoming = "exchange"
        outgoing = "exchange"
    "#;

    /// A client sends itself a letter and is gone.
    fn send(server: &ExchangeServer, now: Timestamp) {
        let (m, t) = (
            "http://schemas.microsoft.com/exchange/services/2006/messages",
            "http://schemas.microsoft.com/exchange/services/2006/types",
        );
        let to = "<t:Mailbox><t:EmailAddress>ann@example.com</t:EmailAddress></t:Mailbox>";
        let body = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
             <m:CreateItem MessageDisposition=\"SendOnly\" xmlns:m=\"{m}\" xmlns:t=\"{t}\">\
             <m:Items><t:Message><t:ToRecipients>{to}</t:ToRecipients></t:Message></m:Items>\
             </m:CreateItem></s:Body></s:Envelope>"
        );
        let login = BASE64_STANDARD.encode("ann@example.com:secret of ann");
        let head = format!(
            "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {login}\r\n\
             Content-Type: text/xml\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let (mut session, mut out) = (server.session(), Actions::default());
        session.open(now, &mut out);
        session.receive(now, (head + &body).as_bytes(), &mut out);
        session.lost(now, &mut out);
    }

    #[tokio::test(start_paused = true)]
    async fn mail_that_is_held_back_leaves_in_time_although_nobody_is_connected() {
        let scenario = Arc::new(crate::scenario::parse("limited", LIMITED).unwrap());
        let log = SharedLog::new(Box::new(Record::new(Names::new(&scenario))));
        let Backstage { mail, servers, load, given, .. } = Backstage::new(&scenario, 1, &log);
        let clock: Arc<dyn RunClock> = Arc::new(PacedClock::start(Speed::REAL));
        let mut agenda = Agenda::new(Vec::new(), (load, given), Arc::clone(&clock));
        let mut stage = Stage { log, clock, hosts: Vec::new() };
        let (_orders, ordered) = mpsc::channel(1);
        tokio::spawn(async move { agenda.play(&mut stage, ordered).await });

        let received = || lock_store(&mail).mailbox(MailboxIx(0)).unwrap().messages().len();
        let server = servers.exchange(HostIx(0)).unwrap();
        let after = |seconds| tokio::time::sleep(Duration::from_secs(seconds));
        after(10).await;
        // The second waits for a minute after the first, the third for another.
        for _ in 0..3 {
            send(server, scenario.run.start + Duration::from_secs(10));
        }
        assert_eq!(received(), 1);
        after(59).await;
        assert_eq!(received(), 1);
        after(2).await;
        assert_eq!(received(), 2);
        after(60).await;
        assert_eq!(received(), 3);
    }
}
