//! Who is connected, and who may be sent away.
//!
//! | a connection | when one must go |
//! |---|---|
//! | is idle: no head of a request is whole | goes first, the one that idles longest |
//! | brings a body | goes when nobody is idle, the one whose body began first |
//! | is answered | stays |
//!
//! One that was sent away counts until its socket is closed.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::Notify;

/// What a connection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Idle,
    Reading,
    Answering,
}

/// The open connections of one socket.
#[derive(Debug)]
pub(super) struct Connections {
    limit: usize,
    of_client: usize,
    open: Mutex<Open>,
    closed: Notify,
}

#[derive(Debug, Default)]
struct Open {
    /// By the number of their last event, so that the first idle one idles longest.
    all: BTreeMap<u64, One>,
    next: u64,
    idle: usize,
    leaving: usize,
    /// How many each client has, without those that are leaving.
    clients: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct One {
    phase: Phase,
    client: Option<IpAddr>,
    is_leaving: bool,
    go: Arc<Notify>,
}

/// A connection, which counts as open until this is dropped.
#[derive(Debug)]
pub(super) struct Connection(Arc<Place>);

/// Where a connection is among the others.
#[derive(Debug)]
pub(super) struct Place {
    number: AtomicU64,
    go: Arc<Notify>,
    among: Arc<Connections>,
}

/// A request under way.
#[derive(Debug)]
pub(super) struct Busy(Arc<Place>);

impl Connections {
    /// So many in all, and of one client; none has a limit of its own for 0.
    pub(super) fn new(limit: usize, of_client: usize) -> Arc<Self> {
        let of_client = if of_client == 0 { usize::MAX } else { of_client };
        Arc::new(Self { limit, of_client, open: Mutex::default(), closed: Notify::new() })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets one more in, and whether another had to go for it. `None` when all are answered.
    pub(super) fn enter(self: &Arc<Self>, client: Option<IpAddr>) -> (Option<Connection>, bool) {
        let mut open = self.open();
        let mut made_room = false;
        let its = client.and_then(|client| open.clients.get(&client)).copied().unwrap_or(0);
        if its >= self.of_client {
            // A client that has enough pays with its own.
            made_room = open.evict(|one| one.client == client);
            if !made_room {
                return (None, false);
            }
        }
        if open.all.len() - open.leaving >= self.limit {
            made_room = open.evict(|_| true);
            if !made_room {
                return (None, false);
            }
        }
        let go = Arc::new(Notify::new());
        if let Some(client) = client {
            *open.clients.entry(client).or_default() += 1;
        }
        let one = One { phase: Phase::Idle, client, is_leaving: false, go: go.clone() };
        let number = AtomicU64::new(open.insert(one));
        (Some(Connection(Arc::new(Place { number, go, among: self.clone() }))), made_room)
    }

    /// Sends one away; whether there was one that may go.
    pub(super) fn evict(&self) -> bool {
        self.open().evict(|_| true)
    }

    /// How many may be leaving before nobody else is let in.
    pub(super) const fn leeway(limit: usize) -> usize {
        let part = limit / 8;
        if part < 16 { 16 } else { part }
    }

    /// Waits until the sockets of those who were sent away are closed, but for a few.
    pub(super) async fn settled(&self) {
        loop {
            let closed = self.closed.notified();
            if self.open().leaving <= Self::leeway(self.limit) {
                return;
            }
            closed.await;
        }
    }
}

impl Open {
    fn insert(&mut self, one: One) -> u64 {
        let number = self.next;
        self.next += 1;
        self.idle += usize::from(one.is_idle());
        self.all.insert(number, one);
        number
    }

    fn remove(&mut self, number: u64) -> Option<One> {
        let one = self.all.remove(&number)?;
        self.idle -= usize::from(one.is_idle());
        Some(one)
    }

    /// One fewer of a client.
    fn release(&mut self, client: Option<IpAddr>) {
        let Some(client) = client else { return };
        if let Some(its) = self.clients.get_mut(&client) {
            *its -= 1;
            if *its == 0 {
                self.clients.remove(&client);
            }
        }
    }

    fn evict(&mut self, may_go: impl Fn(&One) -> bool) -> bool {
        let first = |phase| {
            let stays = |one: &One| one.is_leaving || one.phase != phase || !may_go(one);
            self.all.iter().find(|(_, one)| !stays(one)).map(|(number, _)| *number)
        };
        let idle = if self.idle > 0 { first(Phase::Idle) } else { None };
        let Some(number) = idle.or_else(|| first(Phase::Reading)) else { return false };
        let Some(one) = self.all.get_mut(&number) else { return false };
        self.idle -= usize::from(one.is_idle());
        one.is_leaving = true;
        one.go.notify_one();
        let client = one.client;
        self.leaving += 1;
        self.release(client);
        true
    }
}

impl One {
    fn is_idle(&self) -> bool {
        self.phase == Phase::Idle && !self.is_leaving
    }
}

impl Place {
    /// Another phase begins.
    pub(super) fn turn(&self, phase: Phase) {
        let mut open = self.among.open();
        if let Some(mut one) = open.remove(self.number.load(Ordering::Acquire)) {
            one.phase = phase;
            self.number.store(open.insert(one), Ordering::Release);
        }
    }
}

impl Connection {
    /// A request began, and maybe its body is still to come.
    pub(super) fn busy(&self, has_body: bool) -> Busy {
        self.0.turn(if has_body { Phase::Reading } else { Phase::Answering });
        Busy(self.0.clone())
    }

    /// Whether nothing is lost when it is closed now.
    pub(super) fn is_answering(&self) -> bool {
        let open = self.0.among.open();
        let one = open.all.get(&self.0.number.load(Ordering::Acquire));
        one.is_some_and(|one| one.phase == Phase::Answering)
    }

    /// Whether a body is being brought.
    pub(super) fn is_reading(&self) -> bool {
        let open = self.0.among.open();
        let one = open.all.get(&self.0.number.load(Ordering::Acquire));
        one.is_some_and(|one| one.phase == Phase::Reading)
    }

    pub(super) async fn told_to_go(&self) {
        self.0.go.notified().await;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut open = self.0.among.open();
        if let Some(one) = open.remove(self.0.number.load(Ordering::Acquire)) {
            if one.is_leaving {
                open.leaving -= 1;
            } else {
                open.release(one.client);
            }
        }
        drop(open);
        self.0.among.closed.notify_one();
    }
}

impl Busy {
    /// Whose request it is.
    pub(super) fn place(&self) -> Arc<Place> {
        self.0.clone()
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.turn(Phase::Idle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_leaving(one: &Connection) -> bool {
        one.0.among.open().all[&one.0.number.load(Ordering::Acquire)].is_leaving
    }

    #[test]
    fn the_oldest_idle_one_goes_and_then_the_oldest_body() {
        let all = Connections::new(2, 0);
        let enter = || all.enter(None);
        let (first, second) = (enter().0.unwrap(), enter().0.unwrap());
        let answered = first.busy(false);
        let (third, made_room) = enter();
        let third = third.unwrap();
        assert!(made_room && is_leaving(&second) && !is_leaving(&first));
        let reading = third.busy(true);
        let (fourth, made_room) = enter();
        let fourth = fourth.unwrap();
        assert!(made_room && is_leaving(&third), "nobody is idle");
        let also = fourth.busy(true);
        also.place().turn(Phase::Answering);
        assert!(enter().0.is_none(), "both are answered");
        drop(answered);
        assert!(enter().0.is_some());
        assert!(is_leaving(&first) && !is_leaving(&fourth));
        assert_eq!(all.open().leaving, 3, "those who were sent away count until they are closed");
        drop((first, second, third, reading));
        assert_eq!(all.open().leaving, 0);
    }

    #[test]
    fn a_client_that_has_enough_pays_with_its_own() {
        let all = Connections::new(100, 2);
        let crowd: IpAddr = "192.0.2.1".parse().unwrap();
        let other = all.enter("192.0.2.2".parse().ok()).0.unwrap();
        let first = all.enter(Some(crowd)).0.unwrap();
        let second = all.enter(Some(crowd)).0.unwrap();
        let (third, made_room) = all.enter(Some(crowd));
        assert!(made_room && is_leaving(&first) && !is_leaving(&other));
        let third = third.unwrap();
        let _answered = (second.busy(false), third.busy(false));
        assert!(all.enter(Some(crowd)).0.is_none());
        drop((first, second));
        assert!(all.enter(Some(crowd)).0.is_some());
        assert!(all.enter(None).0.is_some(), "a trusted proxy has no limit of its own");
    }
}
