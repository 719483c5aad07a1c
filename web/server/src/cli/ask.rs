//! Questions to the person at the keyboard.
use std::io::{self, BufRead, IsTerminal, Write};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::exit::{Exit, Failed};

/// Whether somebody is at the keyboard.
pub fn somebody() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks to type `word` exactly. Without a terminal, `--yes` must have been given.
pub fn confirm(word: &str, yes: bool) -> Result<(), Failed> {
    if yes { Ok(()) } else { typed(word, "--yes") }
}

/// Asks to type `word` exactly; `option` is what says it on the command line.
pub fn typed(word: &str, option: &str) -> Result<(), Failed> {
    if !somebody() {
        let message = format!("nobody is at the keyboard to confirm this; add {option}");
        return Err(Failed::input(message));
    }
    if line(&format!("Type {word} to go on: "))? == word {
        Ok(())
    } else {
        Err(Failed::new(Exit::Refused, "not confirmed; nothing was changed"))
    }
}

/// One line, with a prompt if somebody is there to see it.
pub fn line(prompt: &str) -> Result<String, Failed> {
    if somebody() {
        eprint!("{prompt}");
        let _ = io::stderr().flush();
    }
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.map_err(|error| Failed::input(format!("cannot read standard input: {error}")))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// One line that is not shown while it is typed.
pub fn secret(prompt: &str) -> Result<String, Failed> {
    let stdin = io::stdin();
    let Ok(shown) = tcgetattr(&stdin) else { return line(prompt) };
    let mut hidden = shown.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    let _ = tcsetattr(&stdin, OptionalActions::Flush, &hidden);
    let typed = line(prompt);
    let _ = tcsetattr(&stdin, OptionalActions::Now, &shown);
    eprintln!();
    typed
}
