//! Turns: as many documents are judged at once as there are cores, some wait, the rest is told to
//! come again. Clients take turns ([`cores`](crate::cores)). Whoever waits for the network gives up
//! his core for that time.

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, task, time::timeout_at};

use crate::{
    cores::{Core, Cores},
    intake,
    problem::Problem,
    share::Stock,
};

/// Threads that judge.
#[derive(Debug)]
pub(crate) struct Workers {
    /// One for each request that is under way or waits.
    places: Arc<Stock>,
    cores: Arc<Cores>,
    deadline: Duration,
}

/// The right to compute, and how long.
#[derive(Debug)]
pub(crate) struct Turn {
    cores: Arc<Cores>,
    client: Option<IpAddr>,
    held: Option<Core>,
    until: Instant,
}

impl Workers {
    /// `amount` at once, or as many as there are cores for 0, and `queue` more wait. One client may
    /// have one part in `parts` of the places.
    pub(crate) fn new(amount: usize, queue: usize, parts: u64, deadline: Duration) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let amount = if amount == 0 { cores } else { amount };
        Self {
            places: Stock::new(amount.saturating_add(queue) as u64, parts, 1),
            cores: Cores::new(amount),
            deadline,
        }
    }

    /// Threads that may be needed at once.
    pub(crate) fn threads(amount: usize, queue: usize) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        if amount == 0 { cores } else { amount }.saturating_add(queue)
    }

    /// How many judge now.
    pub(crate) fn busy(&self) -> usize {
        self.cores.busy()
    }

    /// Works on a thread of its own, with a core. Work that is late goes on by itself, within its
    /// budgets, and keeps its place.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Turn) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let until = Instant::now() + self.deadline;
        let mut place = self.places.hold();
        if !place.take(1) {
            return Err(Problem::busy());
        }
        let client = intake::client();
        let wait = self.cores.take(client);
        let core = timeout_at(until.into(), wait).await.map_err(|_| Problem::deadline())?;
        let held = Some(core.ok_or(Problem::busy())?);
        let mut turn = Turn { cores: self.cores.clone(), client, held, until };
        let work = task::spawn_blocking(move || {
            let _place = place;
            work(&mut turn)
        });
        match timeout_at(until.into(), work).await {
            Err(_) => Err(Problem::deadline()),
            Ok(Err(_)) => Err(Problem::internal()),
            Ok(Ok(done)) => done,
        }
    }
}

impl Turn {
    /// Waits for something else than a core, and leaves it to others meanwhile.
    pub(crate) fn leave<T>(&mut self, wait: impl FnOnce() -> T) -> Result<T, Problem> {
        self.held = None;
        let done = wait();
        let core = self.cores.take(self.client);
        let core = Handle::current().block_on(async { timeout_at(self.until.into(), core).await });
        self.held = core.ok().flatten();
        if self.held.is_some() { Ok(done) } else { Err(Problem::deadline()) }
    }

    /// The time that is left.
    pub(crate) fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use std::{
        iter,
        sync::{Mutex, mpsc},
        thread,
    };

    use super::*;
    use crate::{intake::as_client, problem::Code};

    fn on_two_threads(test: impl Future<Output = ()>) {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        runtime.worker_threads(2).enable_all().build().unwrap().block_on(test);
    }

    #[test]
    fn beyond_the_queue_there_is_no_waiting() {
        on_two_threads(async {
            let workers = Arc::new(Workers::new(1, 1, 1, Duration::from_secs(20)));
            let (go, gate) = mpsc::channel::<()>();
            let first = workers.clone();
            let first =
                tokio::spawn(async move { first.run(move |_| Ok(gate.recv().is_ok())).await });
            while workers.busy() == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let second = workers.clone();
            let second = tokio::spawn(async move { second.run(|_| Ok(2)).await });
            while workers.places.left() > 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            assert_eq!(workers.run(|_| Ok(3)).await.unwrap_err().code, Code::Busy);
            go.send(()).unwrap();
            assert!(first.await.unwrap().unwrap());
            assert_eq!(second.await.unwrap().unwrap(), 2);
        });
    }

    #[test]
    fn one_client_has_its_part_of_the_places() {
        on_two_threads(async {
            let workers = Arc::new(Workers::new(1, 3, 4, Duration::from_secs(20)));
            let (go, gate) = mpsc::channel::<()>();
            let (one, other) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
            let first = workers.clone();
            let first = tokio::spawn(as_client(one, async move {
                first.run(move |turn| turn.leave(|| gate.recv().is_ok())).await
            }));
            while workers.places.left() > 3 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let more = as_client(one, workers.run(|_| Ok(2))).await;
            assert_eq!(more.unwrap_err().code, Code::Busy);
            assert_eq!(as_client(other, workers.run(|_| Ok(2))).await.unwrap(), 2);
            go.send(()).unwrap();
            assert!(first.await.unwrap().unwrap());
            assert_eq!(as_client(one, workers.run(|_| Ok(2))).await.unwrap(), 2);
        });
    }

    #[test]
    fn who_comes_behind_many_files_of_another_client_is_next() {
        on_two_threads(async {
            let workers = Arc::new(Workers::new(1, 64, 4, Duration::from_secs(60)));
            let (go, gate) = mpsc::channel::<()>();
            let (tell, order) = mpsc::channel();
            let gate = Arc::new(Mutex::new(gate));
            let (many, other) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
            let mut all = Vec::new();
            for client in iter::repeat_n(many, 16).chain([other]) {
                let (here, gate, tell) = (workers.clone(), gate.clone(), tell.clone());
                let waiting = all.len();
                all.push(tokio::spawn(as_client(client, async move {
                    let work = move |_: &mut Turn| {
                        gate.lock().unwrap().recv().unwrap();
                        tell.send(client).unwrap();
                        Ok(())
                    };
                    here.run(work).await
                })));
                while workers.cores.waiting() < waiting || workers.busy() == 0 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
            for one in all {
                go.send(()).unwrap();
                drop(one);
            }
            let order: Vec<IpAddr> = order.iter().take(17).collect();
            assert_eq!(order[..3], [many, other, many]);
        });
    }

    #[test]
    fn whoever_waits_leaves_his_core() {
        on_two_threads(async {
            let workers = Arc::new(Workers::new(1, 4, 1, Duration::from_secs(20)));
            let (go, gate) = mpsc::channel::<()>();
            let first = workers.clone();
            let first = tokio::spawn(async move {
                first.run(move |turn| turn.leave(|| gate.recv().is_ok())).await
            });
            assert_eq!(workers.run(|_| Ok(2)).await.unwrap(), 2);
            go.send(()).unwrap();
            assert!(first.await.unwrap().unwrap());
        });
    }

    #[test]
    fn whoever_gets_no_core_in_time_is_told() {
        on_two_threads(async {
            let workers = Arc::new(Workers::new(1, 4, 1, Duration::from_millis(50)));
            let (go, gate) = mpsc::channel::<()>();
            let first = workers.clone();
            let first =
                tokio::spawn(async move { first.run(move |_| Ok(gate.recv().is_ok())).await });
            while workers.busy() == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let second = tokio::time::timeout(Duration::from_secs(5), workers.run(|_| Ok(2)));
            assert_eq!(second.await.unwrap().unwrap_err().code, Code::Deadline);
            go.send(()).unwrap();
            assert_eq!(first.await.unwrap().unwrap_err().code, Code::Deadline);
        });
    }

    #[test]
    fn what_is_late_is_told_and_a_defect_is_not_passed_on() {
        on_two_threads(async {
            let workers = Workers::new(1, 4, 1, Duration::from_millis(30));
            let late = workers.run(|_| {
                thread::sleep(Duration::from_millis(200));
                Ok(())
            });
            assert_eq!(late.await.unwrap_err().code, Code::Deadline);
            let workers = Workers::new(1, 4, 1, Duration::from_secs(20));
            let defect = workers.run(|_| -> Result<(), Problem> { panic!("a defect") });
            assert_eq!(defect.await.unwrap_err().code, Code::Internal);
            assert_eq!(workers.run(|_| Ok(1)).await.unwrap(), 1);
        });
    }
}
