//! How often it may be guessed who the recipient of a number is: an IIN has few digits that who
//! knows a date of birth must guess.
//!
//! Only checks that fail are counted: by number and client, so that one client cannot keep the
//! recipient out, and by number alone, so that many clients cannot guess together. Every check is
//! paid for before anything is asked of the database, and gets back what it paid when it names the
//! recipient; numbers that there are not are paid for alike.

use std::net::IpAddr;

use qoltanba::paper::document::UniqueNumber;

use crate::{config::RegistrySettings, ops::Metrics, problem::Problem, throttle::Throttle};

#[derive(Debug)]
pub(super) struct Guesses {
    by_client: Throttle,
    by_number: Throttle,
}

/// A check that was paid for. Dropped, it counts as one that failed.
pub(super) struct Guess<'a> {
    guesses: &'a Guesses,
    number: &'a UniqueNumber,
    client: Option<IpAddr>,
}

impl Guesses {
    pub(super) fn new(settings: &RegistrySettings) -> Self {
        Self {
            by_client: Throttle::per_day(settings.failed_checks_of_client_per_day),
            by_number: Throttle::per_day(settings.failed_checks_per_day),
        }
    }

    pub(super) fn begin<'a>(
        &'a self,
        number: &'a UniqueNumber,
        client: Option<IpAddr>,
        metrics: &Metrics,
    ) -> Result<Guess<'a>, Problem> {
        self.by_client.take((number.as_str(), client))?;
        let left = self.by_number.spend(number.as_str());
        let left = left.inspect_err(|_| self.by_client.give_back((number.as_str(), client)))?;
        if left == 0 {
            metrics.number_guessed();
            tracing::warn!("the failed checks of one number are used up for today");
        }
        Ok(Guess { guesses: self, number, client })
    }
}

impl Guess<'_> {
    /// It named the recipient, or nothing was learned by it.
    pub(super) fn give_back(self) {
        self.guesses.by_client.give_back((self.number.as_str(), self.client));
        self.guesses.by_number.give_back(self.number.as_str());
    }
}

#[cfg(test)]
mod tests {
    use getrandom::{SysRng, rand_core::UnwrapErr};

    use super::*;
    use crate::config::Config;

    #[test]
    fn one_client_cannot_keep_others_out_and_many_cannot_guess_for_long() {
        let config = Config::read("", std::iter::empty()).unwrap();
        let guesses = Guesses::new(&config.registry);
        let metrics = Metrics::default();
        let mut rng = UnwrapErr(SysRng);
        let (number, other) = (UniqueNumber::generate(&mut rng), UniqueNumber::generate(&mut rng));
        let client = |index: u8| Some(IpAddr::from([192, 0, 2, index]));
        let fails = |client| guesses.begin(&number, client, &metrics).is_ok();
        for _ in 0..200 {
            guesses.begin(&number, client(1), &metrics).unwrap().give_back();
        }
        assert_eq!((0..20).filter(|_| fails(client(1))).count(), 5);
        assert!(fails(client(2)), "another is let in");
        assert!(guesses.begin(&other, client(1), &metrics).is_ok());
        let guessed = (2..250).flat_map(|index| [index; 20]).filter(|i| fails(client(*i))).count();
        assert_eq!(guessed, 44, "fifty in a day");
        assert_eq!(metrics.numbers_guessed(), 1);
        assert!(guesses.begin(&other, client(2), &metrics).is_ok());
    }
}
