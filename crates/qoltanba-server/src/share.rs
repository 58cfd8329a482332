//! Shares: how much of something all requests may take at once, and how much of it one client.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::intake;

/// Something that there is so much of: octets, files, places.
#[derive(Debug)]
pub(crate) struct Stock {
    limit: u64,
    share: u64,
    used: Mutex<Used>,
}

#[derive(Debug, Default)]
struct Used {
    all: u64,
    clients: HashMap<IpAddr, u64>,
}

/// What is taken of it until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    of: Arc<Stock>,
    client: Option<IpAddr>,
    amount: u64,
}

impl Stock {
    /// One client may have one part in `parts`, but `least` in any case: what one request may need.
    pub(crate) fn new(limit: u64, parts: u64, least: u64) -> Arc<Self> {
        let share = (limit / parts.max(1)).max(least);
        Arc::new(Self { limit, share, used: Mutex::default() })
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to take for the client whose request is being handled.
    pub(crate) fn hold(self: &Arc<Self>) -> Held {
        self.hold_for(intake::client())
    }

    fn hold_for(self: &Arc<Self>, client: Option<IpAddr>) -> Held {
        Held { of: self.clone(), client, amount: 0 }
    }

    /// What nobody has.
    #[cfg(test)]
    pub(crate) fn left(&self) -> u64 {
        self.limit - self.used().all
    }
}

impl Held {
    /// Takes more; whether there is so much left, in all and for this client.
    pub(crate) fn take(&mut self, more: u64) -> bool {
        let mut used = self.of.used();
        let its = self.client.and_then(|client| used.clients.get(&client)).copied().unwrap_or(0);
        let all = used.all.checked_add(more).filter(|all| *all <= self.of.limit);
        let is_within = self.client.is_none() || its.saturating_add(more) <= self.of.share;
        let (Some(all), true) = (all, is_within) else { return false };
        used.all = all;
        if let Some(client) = self.client.filter(|_| more > 0) {
            used.clients.insert(client, its + more);
        }
        drop(used);
        self.amount += more;
        true
    }

    pub(crate) fn release(&mut self) {
        let amount = std::mem::take(&mut self.amount);
        if amount == 0 {
            return;
        }
        let mut used = self.of.used();
        used.all -= amount;
        let Some(client) = self.client else { return };
        if let Some(its) = used.clients.get_mut(&client) {
            *its -= amount;
            if *its == 0 {
                used.clients.remove(&client);
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_client_has_its_part_and_all_have_the_whole() {
        let stock = Stock::new(100, 4, 10);
        let hold = |last: u8| stock.hold_for(Some(IpAddr::from([192, 0, 2, last])));
        let (mut first, mut again) = (hold(1), hold(1));
        assert!(first.take(20) && again.take(5) && !again.take(1));
        let mut other = hold(2);
        assert!(other.take(25), "others are not counted with it");
        let mut nobody = stock.hold_for(None);
        assert!(nobody.take(50) && !hold(3).take(1));
        first.release();
        assert!(again.take(20) && !again.take(1));
        drop((first, again, other, nobody));
        assert_eq!((stock.left(), stock.used().clients.len()), (100, 0));
        assert!(Stock::new(100, 50, 10).hold_for(Some(IpAddr::from([192, 0, 2, 1]))).take(10));
    }
}
