//! Names of files that are safe on every system.

/// The most bytes of a name. Longer ones are refused by file systems.
const LONGEST: usize = 255;

/// The most bytes of an extension that is kept when a name is cut.
const LONGEST_EXTENSION: usize = 16;

/// Changes a name so that a client can save it: see [`Download::file_name`](crate::response::Download::file_name).
pub(super) fn sanitize(name: &str) -> String {
    let replaced: String = name.chars().map(|character| if is_unsafe(character) { '_' } else { character }).collect();
    let trimmed = replaced.trim_matches(|character: char| character.is_whitespace() || character == '.');
    if trimmed.is_empty() {
        return "download".to_owned();
    }
    let name = cut(trimmed);
    if is_device(&name) { cut(&format!("_{name}")) } else { name }
}

/// Whether a character is a control character, invisible in a way that makes a name look like another one, or reserved on
/// Windows. Of the invisible characters those are kept that words of some languages need: the joiners U+200C and U+200D.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
        || matches!(character, '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{ffff}')
}

/// Whether Windows opens a device instead of a file, with any extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let is = |device: &str| stem.eq_ignore_ascii_case(device);
    let is_numbered = |port: &str| {
        let number = stem.get(..3).filter(|start| start.eq_ignore_ascii_case(port)).map(|_| &stem[3..]);
        number.is_some_and(|number| {
            matches!(number, "¹" | "²" | "³") || (number.len() == 1 && number.as_bytes()[0].is_ascii_digit())
        })
    };
    ["con", "prn", "aux", "nul", "conin$", "conout$"].into_iter().any(is) || is_numbered("com") || is_numbered("lpt")
}

/// Cuts a name that is too long before its extension.
fn cut(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let extension = name.rfind('.').map_or("", |dot| &name[dot..]);
    let extension = if extension.len() > LONGEST_EXTENSION { "" } else { extension };
    let mut end = LONGEST - extension.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name[..end].trim_end_matches(|character: char| character.is_whitespace() || character == '.').to_owned() + extension
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_names_are_changed() {
        for (name, expected) in [
            ("report.pdf", "report.pdf"),
            ("Übersicht 2026.pdf", "Übersicht 2026.pdf"),
            ("報告.pdf", "報告.pdf"),
            ("a/b\\c.txt", "a_b_c.txt"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("C:\\boot.ini", "C__boot.ini"),
            ("a\r\nSet-Cookie: b=c", "a__Set-Cookie_ b=c"),
            ("a\0b\x7f\u{85}", "a_b__"),
            ("say \"hi\".txt", "say _hi_.txt"),
            ("invoice\u{202e}fdp.exe", "invoice_fdp.exe"),
            ("\u{2066}a\u{2069}\u{200f}\u{200b}\u{feff}", "_a____"),
            ("می\u{200c}خواهم.txt", "می\u{200c}خواهم.txt"),
            ("👩\u{200d}👩.png", "👩\u{200d}👩.png"),
            ("", "download"),
            (".", "download"),
            ("..", "download"),
            (" . . ", "download"),
            (".htaccess", "htaccess"),
            ("a.txt. . ", "a.txt"),
            ("\u{3000}a\u{a0}", "a"),
            ("con", "_con"),
            ("Con.tar.gz", "_Con.tar.gz"),
            ("nul .txt", "_nul .txt"),
            ("COM1", "_COM1"),
            ("lpt³.x", "_lpt³.x"),
            ("COM10", "COM10"),
            ("console.log", "console.log"),
            ("comé", "comé"),
            ("日本", "日本"),
        ] {
            assert_eq!(sanitize(name), expected, "{name:?}");
        }
    }

    #[test]
    fn long_name_is_cut_before_its_extension() {
        for (name, length, end) in [
            ("a".repeat(255), 255, "aa"),
            ("a".repeat(300), 255, "aa"),
            ("a".repeat(300) + ".pdf", 255, "aa.pdf"),
            ("ü".repeat(200) + ".pdf", 254, "üü.pdf"),
            ("ü".repeat(200) + &".e".repeat(20), 254, "üü.e"),
            ("a".repeat(250) + " . . .pdf", 254, "aa.pdf"),
            (".".repeat(100_000) + "a.b", 3, "a.b"),
            ("a.".to_owned() + &"b".repeat(300), 255, "bb"),
            ("con.".to_owned() + &"b".repeat(300), 255, "bb"),
            ("con".to_owned() + &" ".repeat(300) + "b", 4, "_con"),
            ("con".to_owned() + &" ".repeat(300) + "b.pdf", 8, "_con.pdf"),
        ] {
            let cut = sanitize(&name);
            assert_eq!(cut.len(), length, "{cut}");
            assert!(cut.ends_with(end), "{cut}");
        }
    }
}
