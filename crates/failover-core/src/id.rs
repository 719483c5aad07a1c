//! Small numbers that stand for the named things of a policy.
//!
//! The machine counts places instead of comparing names: a site is its place in
//! [`PolicySpec::sites`](crate::PolicySpec), and so on. Names are for people.

macro_rules! place {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(transparent))]
        pub struct $name(pub u8);

        impl $name {
            /// The place as an index.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

place! {
    /// A site, by its place in the policy (0 is the preferred one).
    SiteId
}
place! {
    /// A vantage, by its place in the policy.
    VantageId
}
place! {
    /// A check, by its place in the policy.
    CheckId
}
place! {
    /// A DNS provider, by its place in the policy.
    ProviderId
}

macro_rules! counter {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(transparent))]
        pub struct $name(pub u64);

        impl $name {
            /// The next one.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }
    };
}

counter! {
    /// A move of a service, counted from 1: the generation of what is published. 0 is what was
    /// there before the first move.
    MoveId
}
counter! {
    /// One try to publish a move at one provider, counted over the service's life.
    AttemptId
}

/// A set of sites (at most 16).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct SiteSet(u16);

impl SiteSet {
    /// No site.
    pub const EMPTY: Self = Self(0);
    /// How many sites a policy can have.
    pub const CAPACITY: usize = 16;

    /// Just `site`. A place beyond [`SiteSet::CAPACITY`] is in no set.
    pub const fn one(site: SiteId) -> Self {
        match 1u16.checked_shl(site.0 as u32) {
            Some(bit) => Self(bit),
            None => Self::EMPTY,
        }
    }

    /// The first `count` sites.
    pub const fn first(count: usize) -> Self {
        Self(if count >= 16 { u16::MAX } else { (1 << count) - 1 })
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether `site` is one of them.
    pub const fn contains(self, site: SiteId) -> bool {
        self.0 & Self::one(site).0 != 0
    }

    /// Whether all of them are in `other`.
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// The set with `site`.
    #[must_use]
    pub const fn with(self, site: SiteId) -> Self {
        Self(self.0 | Self::one(site).0)
    }

    /// The set without `site`.
    #[must_use]
    pub const fn without(self, site: SiteId) -> Self {
        Self(self.0 & !Self::one(site).0)
    }

    /// The sites in order of preference.
    pub fn iter(self) -> impl Iterator<Item = SiteId> {
        (0..16).map(SiteId).filter(move |site| self.contains(*site))
    }

    /// The site, if there is exactly one.
    pub fn single(self) -> Option<SiteId> {
        if self.len() == 1 { self.iter().next() } else { None }
    }
}

impl FromIterator<SiteId> for SiteSet {
    fn from_iter<I: IntoIterator<Item = SiteId>>(sites: I) -> Self {
        sites.into_iter().fold(Self::EMPTY, Self::with)
    }
}
