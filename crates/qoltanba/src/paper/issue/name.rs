//! Whether a name that stands under a document is that of a certificate's holder.

use crate::identity::Subject;

/// The holder of a certificate by the words of the name.
pub(super) struct Holder {
    surname: Vec<String>,
    given: Vec<String>,
    patronymic: Vec<String>,
}

impl Holder {
    /// The name in a certificate; none where it holds no name.
    pub(super) fn of(subject: &Subject) -> Option<Self> {
        let common = words(subject.name.as_deref().unwrap_or_default());
        let surname = match &subject.surname {
            Some(surname) => words(surname),
            // The common name has the family name first.
            None => common.iter().take(1).cloned().collect(),
        };
        let given = match &subject.given_name {
            Some(given) => words(given),
            None => common.into_iter().filter(|word| !surname.contains(word)).collect(),
        };
        let patronymic = words(subject.patronymic.as_deref().unwrap_or_default());
        (!surname.is_empty()).then_some(Self { surname, given, patronymic })
    }

    /// Whether this is the holder's name: the whole family name, the given name in full or its
    /// initial, and of the patronymic nothing that contradicts. What the certificate does not name
    /// cannot be compared.
    pub(super) fn is_called(&self, name: &str) -> bool {
        let mut rest = words(name);
        let Some(at) = rest.windows(self.surname.len()).position(|some| some == self.surname)
        else {
            return false;
        };
        rest.drain(at..at + self.surname.len());
        let mut rest = rest.as_slice();
        match (self.given.split_first(), rest.split_first()) {
            (Some((given, more)), Some((said, after))) if stands_for(said, given) => {
                rest = after_those(more, after);
            }
            (Some(_), _) => return false,
            (None, Some((_, after))) => rest = after,
            (None, None) => {}
        }
        self.patronymic.is_empty() || after_those(&self.patronymic, rest).is_empty()
    }
}

/// What is left of the said words behind those that stand for these, some of which may be left out.
fn after_those<'w>(these: &[String], mut said: &'w [String]) -> &'w [String] {
    for word in these {
        if let Some((first, after)) = said.split_first()
            && stands_for(first, word)
        {
            said = after;
        }
    }
    said
}

/// Whether a word is this one, or its initial: of one letter, or of two as in `Дж.`.
fn stands_for(said: &str, word: &str) -> bool {
    said == word || (said.chars().count() <= 2 && word.starts_with(said))
}

/// The words of a name. Case tells nobody apart, and `ё` is often written as `е`.
fn words(name: &str) -> Vec<String> {
    name.split(|c: char| c.is_whitespace() || c == '.' || c == ',')
        .filter(|word| !word.is_empty())
        .map(|word| word.to_lowercase().replace('ё', "е").replace("е\u{308}", "е"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(surname: &str, given: &str, patronymic: &str) -> Holder {
        let [surname, given, patronymic] = [surname, given, patronymic].map(words);
        Holder { surname, given, patronymic }
    }

    #[test]
    fn the_same_person_is_written_in_many_ways() {
        let holder = holder("СЫНАҚОВА", "ҮЛГІГҮЛ", "МЫСАЛҚЫЗЫ");
        for name in [
            "СЫНАҚОВА ҮЛГІГҮЛ МЫСАЛҚЫЗЫ",
            "Сынақова Үлгігүл",
            "Ү. Сынақова",
            "Ү.М.Сынақова",
            "Сынақова Ү.М.",
            "Үлгігүл Мысалқызы Сынақова",
            "Сынақова\u{a0}Ү., Мысалқызы",
        ] {
            assert!(holder.is_called(name), "{name}");
        }
        for name in [
            "СЫНАҚОВА",
            "Сынақова Ғ.",
            "Сынақова М.",
            "Сынақова Үміт",
            "Сынақова Ү.Ғ.",
            "Сынақова Үлгігүл Бөтенқызы",
            "Сынақова Ү.М. Бөтенова",
            "Сынақов Ү.М.",
            "Ү.М.",
            "",
        ] {
            assert!(!holder.is_called(name), "{name}");
        }
    }

    #[test]
    fn other_spellings_are_the_same_and_what_is_not_named_is_not_compared() {
        let person = holder("КОРОЛЁВ", "ПЁТР", "");
        for name in ["Королев Петр", "КОРОЛЁВ П. Семёнович", "Короле\u{308}в П.С."]
        {
            assert!(person.is_called(name), "{name}");
        }
        assert!(!person.is_called("Королёв С."));
        let person = holder("ОБРАЗЦОВ ҮЛГІ", "", "");
        assert!(person.is_called("Образцов Үлгі"));
        assert!(person.is_called("П. Образцов Үлгі"));
        assert!(!person.is_called("Образцов П."));
    }
}
