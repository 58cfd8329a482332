//! Cores, given in turns of clients: one with many files waits behind himself, and nobody else waits
//! behind all of them.
//!
//! A core that comes free goes to the client that holds fewest, and of those to the one whose turn
//! ended longest ago, or who has waited longest. So one client has all cores only while nobody else
//! waits, and of the cores that he has then the first to come free is the other's.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot::{Sender, channel};

/// Who asks; what is nobody's request is of one more client.
type Client = Option<IpAddr>;

#[derive(Debug)]
pub(crate) struct Cores {
    amount: usize,
    line: Mutex<Line>,
}

/// A core until this is dropped.
#[derive(Debug)]
pub(crate) struct Core {
    of: Arc<Cores>,
    client: Client,
}

/// Whoever waits does so because no core is free.
#[derive(Debug)]
struct Line {
    free: usize,
    held: HashMap<Client, usize>,
    /// By whose turn it is, and of each client in the order in which his requests came.
    waiting: VecDeque<(Client, VecDeque<Sender<Core>>)>,
}

impl Cores {
    pub(crate) fn new(amount: usize) -> Arc<Self> {
        let line = Line { free: amount, held: HashMap::new(), waiting: VecDeque::new() };
        Arc::new(Self { amount, line: Mutex::new(line) })
    }

    /// How many are held.
    pub(crate) fn busy(&self) -> usize {
        self.amount.saturating_sub(self.line().free)
    }

    /// Waits for a core. Whoever stops waiting leaves his place to the next.
    pub(crate) async fn take(self: &Arc<Self>, client: Client) -> Option<Core> {
        let turn = {
            let mut line = self.line();
            if line.free > 0 {
                line.free -= 1;
                *line.held.entry(client).or_default() += 1;
                return Some(Core { of: self.clone(), client });
            }
            line.wait(client)
        };
        turn.await.ok()
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        let mut line = self.line();
        line.forget_who_left();
        line.waiting.iter().map(|(_, requests)| requests.len()).sum()
    }
}

impl Line {
    fn wait(&mut self, client: Client) -> tokio::sync::oneshot::Receiver<Core> {
        self.forget_who_left();
        let (request, turn) = channel();
        match self.waiting.iter_mut().find(|(other, _)| *other == client) {
            Some((_, requests)) => requests.push_back(request),
            None => self.waiting.push_back((client, VecDeque::from([request]))),
        }
        turn
    }

    fn forget_who_left(&mut self) {
        self.waiting.retain_mut(|(_, requests)| {
            requests.retain(|request| !request.is_closed());
            !requests.is_empty()
        });
    }

    /// Takes a core back, and says whose it is now.
    fn release(&mut self, client: Client) -> Option<(Client, Sender<Core>)> {
        if let Some(held) = self.held.get_mut(&client) {
            *held -= 1;
            if *held == 0 {
                self.held.remove(&client);
            }
        }
        // His turn is over.
        let place = self.waiting.iter().position(|(other, _)| *other == client);
        if let Some(requests) = place.and_then(|place| self.waiting.remove(place)) {
            self.waiting.push_back(requests);
        }
        let next = self.next();
        match &next {
            Some((client, _)) => *self.held.entry(*client).or_default() += 1,
            None => self.free += 1,
        }
        next
    }

    fn next(&mut self) -> Option<(Client, Sender<Core>)> {
        self.forget_who_left();
        let held = |client: &Client| self.held.get(client).copied().unwrap_or(0);
        let places = self.waiting.iter().enumerate();
        let (place, _) = places.min_by_key(|(_, (client, _))| held(client))?;
        let (client, requests) = self.waiting.get_mut(place)?;
        let next = (*client, requests.pop_front()?);
        if requests.is_empty() {
            self.waiting.remove(place);
        }
        Some(next)
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let next = self.of.line().release(self.client);
        if let Some((client, request)) = next {
            // Of who left in this moment it comes back, and is given on.
            drop(request.send(Self { of: self.of.clone(), client }));
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::{sync::mpsc, task};

    use super::*;

    const fn client(last: u8) -> Client {
        Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, last)))
    }

    /// Cores that are held, and who is given one when.
    struct Bench {
        cores: Arc<Cores>,
        given: mpsc::UnboundedReceiver<(u8, Core)>,
        tell: mpsc::UnboundedSender<(u8, Core)>,
    }

    impl Bench {
        fn new(amount: usize) -> Self {
            let (tell, given) = mpsc::unbounded_channel();
            Self { cores: Cores::new(amount), given, tell }
        }

        /// The client asks for as many, one after another.
        async fn ask(&self, who: u8, times: usize) {
            for _ in 0..times {
                let (cores, tell) = (self.cores.clone(), self.tell.clone());
                let before = (cores.waiting(), cores.busy());
                task::spawn(async move {
                    tell.send((who, cores.take(client(who)).await.unwrap())).unwrap();
                });
                while (self.cores.waiting(), self.cores.busy()) == before {
                    task::yield_now().await;
                }
            }
        }

        async fn next(&mut self) -> (u8, Core) {
            self.given.recv().await.unwrap()
        }

        /// Who has the core next, each for one piece of work.
        async fn order(&mut self, first: (u8, Core), length: usize) -> Vec<u8> {
            let (mut order, mut held) = (Vec::new(), first);
            for _ in 0..length {
                drop(held);
                held = self.next().await;
                order.push(held.0);
            }
            order
        }
    }

    #[tokio::test]
    async fn who_comes_behind_sixteen_files_of_another_is_next() {
        let mut bench = Bench::new(1);
        bench.ask(1, 16).await;
        let first = bench.next().await;
        bench.ask(2, 1).await;
        assert_eq!(bench.order(first, 3).await, [2, 1, 1]);
    }

    #[tokio::test]
    async fn clients_take_turns() {
        let mut bench = Bench::new(1);
        bench.ask(1, 4).await;
        let first = bench.next().await;
        bench.ask(2, 3).await;
        bench.ask(3, 1).await;
        assert_eq!(bench.order(first, 7).await, [2, 3, 1, 2, 1, 2, 1]);
    }

    #[tokio::test]
    async fn of_many_cores_the_next_is_of_who_holds_fewest() {
        let mut bench = Bench::new(3);
        bench.ask(1, 9).await;
        let [one, two, three] = [bench.next().await, bench.next().await, bench.next().await];
        bench.ask(2, 4).await;
        drop(one);
        let four = bench.next().await;
        drop(two);
        let five = bench.next().await;
        drop(three);
        let six = bench.next().await;
        // They hold two and none, then one and one, of which the second has waited, then none and two.
        assert_eq!([four.0, five.0, six.0], [2, 2, 1]);
        assert_eq!(bench.cores.busy(), 3);
    }

    #[tokio::test]
    async fn who_stops_waiting_takes_no_core_with_him() {
        let mut bench = Bench::new(1);
        bench.ask(1, 1).await;
        let first = bench.next().await;
        for who in [1, 2, 3] {
            let cores = bench.cores.clone();
            let waits = task::spawn(async move { cores.take(client(who)).await });
            while bench.cores.waiting() == 0 {
                task::yield_now().await;
            }
            waits.abort();
            assert!(waits.await.is_err());
        }
        bench.ask(4, 1).await;
        drop(first);
        let last = bench.next().await;
        assert_eq!((last.0, bench.cores.waiting()), (4, 0));
        drop(last);
        assert_eq!(bench.cores.busy(), 0);
        assert!(bench.cores.line().held.is_empty());
        // What was given and not fetched is given on.
        let core = bench.cores.take(client(1)).await;
        let mut waits = Box::pin(bench.cores.take(client(2)));
        assert!((&mut waits).now_or_never().is_none());
        drop(core);
        drop(waits);
        assert_eq!(bench.cores.busy(), 0);
    }
}
