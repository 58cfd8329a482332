//! Who is connected, and who may be sent away.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use tokio::sync::Notify;

/// The open connections of one socket.
#[derive(Debug)]
pub(super) struct Connections {
    limit: usize,
    /// By the number of their last event, so that the first idle one idles longest.
    open: Mutex<BTreeMap<u64, Arc<One>>>,
    next: AtomicU64,
}

#[derive(Debug)]
struct One {
    requests: AtomicUsize,
    go: Notify,
}

/// A connection, which counts as open until this is dropped.
#[derive(Debug)]
pub(super) struct Connection {
    number: u64,
    one: Arc<One>,
    among: Arc<Connections>,
}

/// A request under way.
#[derive(Debug)]
pub(super) struct Busy(Arc<One>);

impl Connections {
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, open: Mutex::default(), next: AtomicU64::new(0) })
    }

    /// Lets one more in, and whether an idle one had to go for it. `None` when all are busy.
    pub(super) fn enter(self: &Arc<Self>) -> (Option<Connection>, bool) {
        let is_full = {
            let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.len() >= self.limit
        };
        let made_room = is_full && self.evict();
        if is_full && !made_room {
            return (None, false);
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let one = Arc::new(One { requests: AtomicUsize::new(0), go: Notify::new() });
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.insert(number, one.clone());
        (Some(Connection { number, one, among: self.clone() }), made_room)
    }

    /// Sends the oldest idle one away; whether there was one.
    pub(super) fn evict(&self) -> bool {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = |one: &Arc<One>| one.requests.load(Ordering::Acquire) == 0;
        let Some(number) = open.iter().find(|(_, one)| idle(one)).map(|(number, _)| *number) else {
            return false;
        };
        if let Some(one) = open.remove(&number) {
            one.go.notify_one();
        }
        true
    }
}

impl Connection {
    /// A request began.
    pub(super) fn busy(&self) -> Busy {
        self.one.requests.fetch_add(1, Ordering::AcqRel);
        Busy(self.one.clone())
    }

    pub(super) async fn told_to_go(&self) {
        self.one.go.notified().await;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut open = self.among.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.remove(&self.number);
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.requests.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_idle_one_goes() {
        let all = Connections::new(2);
        let (first, _) = all.enter();
        let (second, _) = all.enter();
        let (first, second) = (first.unwrap(), second.unwrap());
        let busy = first.busy();
        let (third, made_room) = all.enter();
        let third = third.unwrap();
        assert!(made_room);
        assert!(all.open.lock().unwrap().contains_key(&first.number));
        assert!(!all.open.lock().unwrap().contains_key(&second.number));
        let _also = third.busy();
        assert!(all.enter().0.is_none(), "nobody is idle");
        drop(busy);
        assert!(all.enter().0.is_some());
    }
}
