//! What a run found, as data. Renderers say it; nothing here is formatted.

use whoacts_model::mechanism::label;
use whoacts_scenarios::span::Span;

/// All results of one run, in the order of cases, forms, adversaries and properties.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// One for each scenario × form × adversary × property.
    pub checks: Vec<Check>,
}

/// One scenario under one form and one adversary, asked about one property.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// `family/story`.
    pub scenario: String,
    /// The scenario's title.
    pub title: String,
    /// The mechanism's id.
    pub mechanism: &'static str,
    /// `common`, `strong` or `reference`.
    pub variant: &'static str,
    /// `K0` … `K6`.
    pub profile: Option<&'static str>,
    /// The property's id.
    pub property: &'static str,
    /// What was found.
    pub verdict: Verdict,
    /// What was expected, where the scenario or its file of verdicts says.
    pub expected: Option<Verdict>,
    /// Why, as the scenario or the table of reasons says.
    pub because: Option<String>,
    /// Whether verdict and `served` are as expected.
    pub as_expected: bool,
    /// Whether the good end is reachable.
    pub served: bool,
    /// What was expected of `served`.
    pub expected_served: bool,
    /// What the verdict rests on and nothing here checks, by name ([`assumption`](crate::assumption)).
    pub assumptions: Vec<&'static str>,
    /// No adversary moves and nothing exceeds what was intended.
    pub by_design: bool,
    /// Effects within the delegated authority by an eligible executor that the adversary controls.
    pub influenced: Vec<String>,
    /// For `theft-contained`: how far what was stolen carried.
    pub radius: Option<Radius>,
    /// The bounds within which the verdict holds.
    pub bounds: Bounds,
    /// The adversary's capabilities.
    pub adversary: Vec<String>,
    /// How much was explored, and how.
    pub stats: Stats,
    /// How often each required guard held, and how often it alone denied, over the distinct presentations judged.
    pub guards: Vec<GuardUse>,
    /// How a violation was confirmed; `None` on a hold.
    pub confirmed: Option<Confirmed>,
    /// The attack, for a violation.
    pub trace: Option<Trace>,
    /// Minimal sets of capabilities under which the property still breaks (`[[]]`: no adversary is needed).
    pub needs: Vec<Vec<String>>,
    /// States from which the good end is no longer reachable (plain search only).
    pub stuck: Vec<String>,
    /// Guards that would stop this attack, each found by running again with it.
    pub stopped_by: Vec<StoppedBy>,
    /// Capabilities that this adversary does not have.
    pub not_covered: Vec<&'static str>,
    /// On a hold: the accepted (or at least offered) effect that put the question.
    pub witness: Option<String>,
    /// On a hold: what the same adversary breaks in the same story under another form, or that there is nothing.
    pub contrast: Option<Contrast>,
    /// Findings beside the verdict, such as an unattributed effect.
    pub notes: Vec<String>,
    /// Where the scenario asks: the expectation, the further adversary, or its own.
    pub span: Span,
    /// The policy line that let the attack through.
    pub policy_span: Option<Span>,
}

impl Check {
    /// `bearer`, `dpop/strong`, `continuity/K4`: the form's name.
    pub fn label(&self) -> String {
        label(self.mechanism, self.variant, self.profile)
    }
    /// Whether the good end is reachable, as far as the run went: what a limit kept it from reaching is unknown.
    pub fn reached(&self) -> Option<bool> {
        (self.served || self.stats.limit.is_none()).then_some(self.served)
    }
    /// Whether it is known that the good end is, or is not, reachable, and the other was expected.
    pub fn is_served_oddly(&self) -> bool {
        self.reached().is_some_and(|reached| reached != self.expected_served)
    }
    /// Whether nothing was found that breaks the property, though the question was put.
    pub fn holds(&self) -> bool {
        matches!(self.verdict, Verdict::Proved | Verdict::Exhausted | Verdict::Sampled)
    }
    /// Whether it holds where the honest work is impossible, so that nobody gains anything by it.
    pub fn is_hollow(&self) -> bool {
        self.holds() && self.reached() == Some(false)
    }
}

/// How far what was stolen carries, for `theft-contained`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Radius {
    /// To the steps of the instance from which it was stolen, and no further.
    Instance,
    /// To so many steps that were open to any instance of its class.
    Class(usize),
    /// To whatever the service may do, or the steps of all of its replicas.
    Service,
    /// To whatever is seen.
    Everything,
}

impl std::fmt::Display for Radius {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Instance => f.write_str("instance"),
            Self::Class(1) => f.write_str("class (1 step)"),
            Self::Class(steps) => write!(f, "class ({steps} steps)"),
            Self::Service => f.write_str("service"),
            Self::Everything => f.write_str("everything"),
        }
    }
}

impl Radius {
    /// The one that is written so.
    pub fn named(text: &str) -> Option<Self> {
        let class = text.strip_prefix("class (").and_then(|rest| rest.split(' ').next());
        match (text, class) {
            ("instance", _) => Some(Self::Instance),
            ("service", _) => Some(Self::Service),
            ("everything", _) => Some(Self::Everything),
            (_, Some(steps)) => steps.parse().ok().map(Self::Class),
            _ => None,
        }
    }
}

/// The six verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Model proved, refinement exhausted within bounds.
    Proved,
    /// Every state within bounds was explored, and none violates.
    Exhausted,
    /// Only sampled states were explored.
    Sampled,
    /// A violation, confirmed.
    Violated,
    /// The question was never put.
    Vacuous,
    /// A limit was reached.
    Inconclusive,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 6] = [
        Self::Proved,
        Self::Exhausted,
        Self::Sampled,
        Self::Violated,
        Self::Inconclusive,
        Self::Vacuous,
    ];
    /// Its name in outputs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Exhausted => "exhausted",
            Self::Sampled => "sampled",
            Self::Violated => "violated",
            Self::Vacuous => "vacuous",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// The bounds of an exploration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bounds {
    /// Replicas in each pool.
    pub replicas: u32,
    /// Hand-offs below a root.
    pub hops: u32,
    /// Concurrent executions of each flow.
    pub executions: u32,
    /// Requests by one replica for one task.
    pub deliveries: u32,
    /// Clock ticks.
    pub ticks: u32,
}

/// How much was explored, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Stats {
    /// `layered` or `stateright`.
    pub engine: &'static str,
    /// `symbolic` or `ed25519`.
    pub crypto: &'static str,
    /// Reductions in force.
    pub reductions: Vec<&'static str>,
    /// Unique states.
    pub states: u64,
    /// Transitions taken.
    pub steps: u64,
    /// The deepest level.
    pub depth: u32,
    /// An upper bound of the probability that two states were taken for one; `None` when exact.
    pub collision_bound: Option<f64>,
    /// Distinct presentations that were judged.
    pub presentations: u64,
    /// What a limit left uncovered, when one was reached.
    pub limit: Option<String>,
}

/// How often a guard held and denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuardUse {
    /// The guard's id.
    pub guard: &'static str,
    /// Distinct presentations for which it held.
    pub held: u64,
    /// Distinct presentations that it alone denied, in some reachable state.
    pub denied: u64,
}

/// What a hold keeps out: what the same adversary breaks in the same story elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contrast {
    /// No form of this run: the story does not put the property to the test.
    Nothing,
    /// Another form, by its label, in so many steps.
    Attack(String, usize),
}

impl std::fmt::Display for Contrast {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing => f.write_str("no form of this run is broken in this story"),
            Self::Attack(label, steps) => write!(f, "{label} is broken in {steps} steps"),
        }
    }
}

/// How a violation was confirmed under Ed25519.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// The trace was replayed.
    Trace,
    /// Both runs of a paired property were replayed.
    Pair,
}

/// A guard that would stop an attack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoppedBy {
    /// The guards (one, or the smallest profile step that does it), by id.
    pub guards: Vec<&'static str>,
    /// Whether the good end is still reachable with them.
    pub served: bool,
    /// Where the guards were taken from: the mechanism's own label, or `continuity`.
    pub under: String,
}

/// An attack, step by step.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// A digest of the moves: the same attack has the same id.
    pub id: String,
    /// `shortest` (plain search) or `minimal` (no move can be left out).
    pub quality: &'static str,
    /// The steps.
    pub steps: Vec<Step>,
    /// The moves as data, from which the trace can be replayed.
    pub moves: Vec<serde_json::Value>,
    /// Whether the adversary makes one of the moves.
    pub hostile: bool,
    /// Why it is a violation: one or two sentences.
    pub why: String,
    /// One line: who does what that they may not.
    pub headline: String,
    /// Everybody who appears, in the order of the lanes.
    pub lanes: Vec<String>,
}

/// One step of an attack.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Who moves (a lane).
    pub actor: String,
    /// Towards whom (a lane), where the step has a direction.
    pub to: Option<String>,
    /// The kind of move.
    pub kind: &'static str,
    /// A few words for the arrow: `hands x1 {read}`.
    pub label: String,
    /// A remark beside it: `x1 rooted at alice`.
    pub remark: String,
    /// A full sentence.
    pub text: String,
    /// What it changed.
    pub changed: Vec<(String, String)>,
    /// Guards judged in this step.
    pub guards: Vec<&'static str>,
}
