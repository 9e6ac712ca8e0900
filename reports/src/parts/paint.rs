//! Colour: a few meanings, each with a style.

use anstyle::{AnsiColor, Style as Ansi};
use std::fmt::Display;

/// What a piece of text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// An unexpected result.
    Error,
    /// An attack that was expected.
    Attack,
    /// A hold.
    Good,
    /// Something left open.
    Warn,
    /// A heading.
    Strong,
    /// A remark.
    Dim,
    /// A place in a file.
    Place,
}

impl Style {
    fn ansi(self) -> Ansi {
        let plain = Ansi::new();
        match self {
            Self::Error => plain.bold().fg_color(Some(AnsiColor::Red.into())),
            Self::Attack => plain.fg_color(Some(AnsiColor::Red.into())),
            Self::Good => plain.fg_color(Some(AnsiColor::Green.into())),
            Self::Warn => plain.fg_color(Some(AnsiColor::Yellow.into())),
            Self::Strong => plain.bold(),
            Self::Dim => plain.dimmed(),
            Self::Place => plain.bold().fg_color(Some(AnsiColor::Blue.into())),
        }
    }
}

/// Paints, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paint {
    on: bool,
}

impl Paint {
    /// No colour.
    pub const PLAIN: Self = Self { on: false };

    /// With colour, or without.
    pub const fn new(on: bool) -> Self {
        Self { on }
    }

    /// The text in that style. Pad before painting: codes have no width.
    pub fn paint(self, style: Style, text: impl Display) -> String {
        let text = text.to_string();
        if !self.on || text.is_empty() {
            return text;
        }
        let ansi = style.ansi();
        format!("{ansi}{text}{ansi:#}")
    }
}
