//! The configuration as it is searched and copied.
use web_api::{Configuration, Setting, SettingSection};

/// The sections with the settings that contain all words, whatever their case.
pub fn search(all: &Configuration, text: &str) -> Vec<SettingSection> {
    let wanted: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let found = |section: &SettingSection| {
        let fits = |setting: &&Setting| {
            let value = if setting.secret { "" } else { &setting.value };
            let told = format!("{} {} {value}", section.title, setting.key).to_lowercase();
            wanted.iter().all(|word| told.contains(word))
        };
        let settings: Vec<Setting> = section.settings.iter().filter(fits).cloned().collect();
        (!settings.is_empty()).then(|| SettingSection { title: section.title.clone(), settings })
    };
    all.sections.iter().filter_map(found).collect()
}

/// The settings as text, for a message to somebody else.
pub fn text(sections: &[SettingSection]) -> String {
    let mut text = String::new();
    for section in sections {
        text += "# ";
        text += &section.title;
        text += "\n";
        for setting in &section.settings {
            text += &setting.key;
            text += " = ";
            text += &setting.value.replace('\n', ", ");
            text += "\n";
        }
        text += "\n";
    }
    text
}

/// How much of each key of a section its heading says already, the last dot included.
pub fn heading(section: &SettingSection) -> usize {
    let keys = || section.settings.iter().map(|setting| setting.key.as_str());
    let Some(first) = keys().next() else { return 0 };
    let common = |key: &str| first.bytes().zip(key.bytes()).take_while(|(a, b)| a == b).count();
    let common = keys().map(common).min().unwrap_or(0);
    // By bytes: two keys may part in the middle of a letter.
    first.as_bytes()[..common].iter().rposition(|byte| *byte == b'.').map_or(0, |dot| dot + 1)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use web_api::Consequence;

    pub fn configuration() -> Configuration {
        let setting = |key: &str, value: &str, secret| Setting {
            key: key.to_owned(),
            value: value.to_owned(),
            secret,
            line: (!secret).then_some(4),
            from: secret.then(|| "preset fast".to_owned()),
        };
        Configuration {
            file: "/etc/schwenk.toml".to_owned(),
            version: "0.1.0".to_owned(),
            sections: vec![
                SettingSection {
                    title: "[[providers]] hetzner".to_owned(),
                    settings: vec![
                        setting("providers[0].id", "\"hetzner\"", false),
                        setting("providers[0].token", "kept in the file t", true),
                    ],
                },
                SettingSection {
                    title: "[server]".to_owned(),
                    settings: vec![setting("server.session", "\"12 h\"", false)],
                },
            ],
            consequences: vec![Consequence {
                service: "shop".to_owned(),
                lines: vec![vec!["refused".to_owned(), "seen".to_owned()]],
            }],
            warnings: vec!["doubtful".to_owned()],
        }
    }

    #[test]
    fn a_search_finds_keys_values_and_sections_by_all_its_words() {
        let all = configuration();
        let keys = |text: &str| -> Vec<String> {
            let found = search(&all, text);
            let settings = found.iter().flat_map(|section| &section.settings);
            settings.map(|setting| setting.key.clone()).collect()
        };
        assert_eq!(keys("").len(), 3);
        assert_eq!(keys("SESSION"), ["server.session"]);
        assert_eq!(keys("Hetzner .id"), ["providers[0].id"]);
        assert_eq!(keys("12 h"), ["server.session"]);
        assert!(keys("12 token").is_empty());
    }

    #[test]
    fn what_a_heading_says_need_not_be_said_with_every_key() {
        let mut section = configuration().sections.remove(0);
        let below = |section: &SettingSection| {
            let from = heading(section);
            section.settings.iter().map(|one| one.key[from..].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(below(&section), ["id", "token"]);
        // Two of one name would not be told apart.
        section.settings[0].key = "providers[0].keys[0].name".to_owned();
        section.settings[1].key = "providers[0].keys[1].name".to_owned();
        assert_eq!(below(&section), ["keys[0].name", "keys[1].name"]);
        section.settings.clear();
        assert_eq!(heading(&section), 0);
    }

    #[test]
    fn what_is_copied_says_where_each_setting_belongs() {
        let told = text(&search(&configuration(), "session"));
        assert_eq!(told, "# [server]\nserver.session = \"12 h\"\n\n");
    }
}
