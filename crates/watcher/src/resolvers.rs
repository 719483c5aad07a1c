//! Whom to ask after a move how far the world has followed, and how politely.
use std::time::Duration;

use dns_provider::propagation::PublicResolver;

/// Who is asked after a move, and how politely. Nobody by default.
///
/// Asking is nobody's business but the curve's: it runs beside everything else, tells the machines
/// nothing and is waited for by nobody. It begins when no name server gives the old answer any more
/// (a question before that would put the old answer into caches that did not have it), and ends when
/// all that answer give the new one, at the latest [`ResolverCheck::limit`] after the decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolverCheck {
    /// Who is asked; empty: nobody, and no curve is kept.
    pub resolvers: Vec<PublicResolver>,
    /// Most questions in a second to all of them together.
    pub per_second: u32,
    /// First pause between two questions to the same one; grows by half each time.
    pub first: Duration,
    /// Longest such pause.
    pub max: Duration,
    /// Most questions to the same one about one move.
    pub questions_max: u32,
    /// How long after the decision the asking ends in any case.
    pub limit: Duration,
    /// How long one answer may take.
    pub timeout: Duration,
}

impl Default for ResolverCheck {
    fn default() -> Self {
        Self {
            resolvers: Vec::new(),
            per_second: 20,
            first: Duration::from_secs(1),
            max: Duration::from_secs(15),
            questions_max: 60,
            limit: Duration::from_secs(15 * 60),
            timeout: Duration::from_secs(2),
        }
    }
}

impl ResolverCheck {
    /// The built-in list of public resolvers, asked as politely as by default.
    pub fn public() -> Self {
        let resolvers = dns_provider::propagation::public_resolvers().to_vec();
        Self { resolvers, ..Self::default() }
    }
}
