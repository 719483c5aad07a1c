//! The shape of how the world's caches followed a move.
use serde::Serialize;
use utoipa::ToSchema;

/// How the world's caches followed moves, the latest first.
#[derive(Serialize, ToSchema)]
pub struct Curves {
    pub curves: Vec<MoveCurve>,
}

/// How the world's caches followed one move, with what can be worked out of it.
#[derive(Serialize, ToSchema)]
pub struct MoveCurve {
    /// What was measured.
    pub curve: Curve,
    /// Resolvers that gave the new answer.
    pub new: usize,
    /// Resolvers that answered at all.
    pub answering: usize,
    /// Measured and expected share, at even distances.
    pub points: Vec<CurvePoint>,
    /// Resolvers that keep answers for longer than they may.
    pub extenders: Vec<Extender>,
}

/// What was measured of one move; times are milliseconds from the decision.
#[derive(Serialize, ToSchema)]
pub struct Curve {
    /// The service.
    pub service: String,
    /// The move's number.
    pub id: u64,
    /// When it was decided.
    pub began: u64,
    /// The TTL it publishes, in seconds.
    pub ttl: u32,
    /// The providers.
    pub providers: Vec<CurveProvider>,
    /// The resolvers.
    pub resolvers: Vec<CurveSource>,
    /// How far the asking has come.
    pub asked_ms: u64,
    /// Why nobody is asked any more; null while the asking goes on.
    pub end: Option<CurveEnd>,
}

/// Why the asking ended.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CurveEnd {
    Converged,
    Limit,
    Replaced,
    Interrupted,
}

/// One provider's part.
#[derive(Serialize, ToSchema)]
pub struct CurveProvider {
    /// Its name.
    pub name: String,
    /// The TTL of what was published there before, in seconds.
    pub ttl_before: u32,
    /// When all its name servers that answer gave the new answer.
    pub published_ms: Option<u64>,
    /// Its name servers, one entry per address.
    pub servers: Vec<CurveSource>,
}

/// What one resolver, or one address of a name server, said.
#[derive(Serialize, ToSchema)]
pub struct CurveSource {
    /// Its name.
    pub name: String,
    /// Who runs it.
    pub operator: String,
    /// Where the operator sits; empty when that was not said.
    pub country: String,
    /// The address that was asked, with port.
    pub address: String,
    /// When it first gave the new answer.
    pub new_ms: Option<u64>,
    /// When it last gave another one.
    pub old_ms: Option<u64>,
    /// The largest TTL it showed with the new answer, in seconds.
    pub new_ttl: Option<u32>,
    /// The largest TTL it showed with another one, in seconds.
    pub old_ttl: Option<u32>,
    /// How often it was asked.
    pub asked: u32,
    /// How often no answer came, or none about the name.
    pub errors: u32,
    /// The latest reason for it.
    pub problem: Option<String>,
}

/// A moment of a curve.
#[derive(Serialize, ToSchema)]
pub struct CurvePoint {
    /// Milliseconds from the decision.
    pub ms: u64,
    /// The share of resolvers that had given the new answer; null before it could be known.
    pub measured: Option<f64>,
    /// The share that was to be expected.
    pub expected: f64,
}

/// A resolver that keeps answers for longer than it may.
#[derive(Serialize, ToSchema)]
pub struct Extender {
    /// Its name.
    pub name: String,
    /// Who runs it.
    pub operator: String,
    /// So many seconds after the last cache should have forgotten it, it still gave the old answer.
    pub late_secs: Option<u32>,
    /// It showed this TTL, which is more than was published, in seconds.
    pub ttl_shown: Option<u32>,
}
