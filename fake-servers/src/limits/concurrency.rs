//! A budget of things held at the same time: connections of a mailbox, logins of a user.

/// At most so many at once.
#[derive(Debug, Clone)]
pub struct Concurrency {
    limit: u32,
    held: u32,
}

impl Concurrency {
    /// A budget of `limit` at once; 0 grants none.
    #[must_use]
    pub fn new(limit: u32) -> Self {
        Self { limit, held: 0 }
    }

    /// Takes a place if one is free; whether it was.
    #[must_use]
    pub fn enter(&mut self) -> bool {
        let free = self.held < self.limit;
        self.held += u32::from(free);
        free
    }

    /// Gives a place back.
    ///
    /// # Panics
    /// When none is taken: the caller has lost count.
    pub fn leave(&mut self) {
        assert!(self.held > 0, "a place was given back that nobody held");
        self.held -= 1;
    }

    /// How many places are taken.
    #[must_use]
    pub fn held(&self) -> u32 {
        self.held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_limit_at_once() {
        let mut places = Concurrency::new(2);
        assert!(places.enter() && places.enter());
        assert!(!places.enter(), "a third");
        assert_eq!(places.held(), 2, "a refused one holds nothing");
        places.leave();
        assert!(places.enter());
        assert!(!Concurrency::new(0).enter());
    }

    #[test]
    #[should_panic(expected = "nobody held")]
    fn giving_back_too_much_is_our_own_bug() {
        Concurrency::new(2).leave();
    }
}
