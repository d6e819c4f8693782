//! Maps with names that only the data know.

use super::read::{At, FromJson};
use super::write::{ToJson, Writer};

/// Members that this build does not know: their names, and their text as it was read.
pub(crate) type Rest = Vec<(String, String)>;

/// A map sorted by name: the same content always has the same text, in whatever order it came together.
#[derive(Clone, Debug)]
pub(crate) struct Sorted<V>(Vec<(String, V)>);

impl<V> Default for Sorted<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> Sorted<V> {
    pub(crate) fn get(&self, name: &str) -> Option<&V> {
        self.place(name).ok().and_then(|at| self.0.get(at)).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        self.place(name).ok().and_then(|at| self.0.get_mut(at)).map(|(_, value)| value)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.place(name).is_ok()
    }

    /// Puts a value under a name; one that is there already is replaced.
    pub(crate) fn insert(&mut self, name: String, value: V) {
        // What is read was written in order: most names go to the end.
        if self.0.last().is_none_or(|(last, _)| *last < name) {
            self.0.push((name, value));
            return;
        }
        match self.place(&name) {
            Ok(at) => {
                if let Some(slot) = self.0.get_mut(at) {
                    slot.1 = value;
                }
            }
            Err(at) => self.0.insert(at, (name, value)),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| keep(name));
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut V)> {
        self.0.iter_mut().map(|(name, value)| (name.as_str(), value))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(name))
    }
}

impl<'a, V: FromJson<'a>> FromJson<'a> for Sorted<V> {
    fn from_json(at: At<'_, 'a>) -> Self {
        let mut sorted = Self::default();
        for (name, value) in at.members() {
            sorted.insert(name.text().into_owned(), V::from_json(value));
        }
        sorted
    }
}

impl<V: ToJson> ToJson for Sorted<V> {
    fn to_json(&self, writer: &mut Writer) {
        writer.open();
        for (name, value) in self.iter() {
            writer.named(name, value);
        }
        writer.close();
    }
}

#[cfg(feature = "schema")]
impl<V: schemars::JsonSchema> schemars::JsonSchema for Sorted<V> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        <std::collections::BTreeMap<String, V>>::schema_name()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        <std::collections::BTreeMap<String, V>>::json_schema(generator)
    }
}
