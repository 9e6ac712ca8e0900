//! `whoacts completions` and `whoacts man`: what packagers install beside the binary.

use crate::args::{Cli, CompletionsArgs, ManArgs};
use crate::exit::{EXPECTED, Failure};
use crate::output::{Target, folder, write};
use clap::{Command, CommandFactory};
use clap_mangen::Man;

/// A script for a shell.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "whoacts", &mut script);
    write(&Target::Stdout, &String::from_utf8_lossy(&script))?;
    Ok(EXPECTED)
}

/// The manual page; with a folder, a page for each verb too.
pub(crate) fn man(args: &ManArgs) -> Result<u8, Failure> {
    let mut whole = Cli::command();
    whole.build();
    let Some(place) = &args.dir else {
        write(&Target::Stdout, &page(whole)?)?;
        return Ok(EXPECTED);
    };
    folder(place)?;
    for verb in whole.get_subcommands().filter(|verb| verb.get_name() != "help") {
        let name = format!("whoacts-{}", verb.get_name());
        write(&Target::File(place.join(format!("{name}.1"))), &page(verb.clone())?)?;
    }
    write(&Target::File(place.join("whoacts.1")), &page(whole)?)?;
    Ok(EXPECTED)
}

fn page(command: Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    let made = Man::new(command).render(&mut page);
    made.map_err(|error| Failure::Internal(format!("no manual page was made: {error}")))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
