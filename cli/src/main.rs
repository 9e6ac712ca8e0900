//! `whoacts`: the command line. All input and output of the project is here.

mod args;
mod baseline;
mod bless;
mod cache;
mod changed;
mod checker;
mod exit;
mod expected;
mod input;
mod library;
mod output;
mod progress;
mod select;
mod session;
mod suggest;
mod traces;
mod verbs;

use args::{Cli, Verb};
use clap::Parser;
use exit::Failure;
use session::Session;
use std::process::ExitCode;

/// Worlds are many small messages: a quarter of the suite's time was spent in the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let session = Session::new(&cli.common);
    let code = run(&cli.verb, &session).unwrap_or_else(|failure| {
        output::complain(&failure);
        failure.code()
    });
    ExitCode::from(code)
}

fn run(verb: &Verb, session: &Session) -> Result<u8, Failure> {
    match verb {
        Verb::Check(args) => verbs::check::run(args, session),
        Verb::Ablate(args) => verbs::ablate::run(args, session),
        Verb::Conflate(args) => verbs::conflate::run(args, session),
        Verb::Frontier(args) => verbs::frontier::run(args, session),
        Verb::Score(args) => verbs::score::run(args, session),
        Verb::Diff(args) => verbs::diff::run(args, session),
        Verb::Matrix(args) => verbs::matrix::run(args, session),
        Verb::Lint(args) => verbs::lint::run(args, session),
        Verb::List(args) => verbs::list::run(args, session),
        Verb::Explain(args) => verbs::explain::run(args, session),
        Verb::Replay(args) => verbs::replay::run(args, session),
        Verb::Init(args) => verbs::init::run(args, session),
        Verb::Promote(args) => verbs::promote::run(args, session),
        Verb::Shrink(args) => verbs::shrink::run(args, session),
        Verb::Fmt(args) => verbs::fmt::run(args, session),
        Verb::Schema(args) => verbs::schema::run(args),
        Verb::Completions(args) => verbs::completions::completions(args),
        Verb::Man(args) => verbs::completions::man(args),
    }
}
