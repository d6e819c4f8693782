//! Records outlive the build that wrote them: what a build does not know it keeps, byte for byte, and writes back.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, MapAccess, Visitor},
    ser::SerializeMap as _,
};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt, marker::PhantomData};

/// Members that this build does not know, as they were read.
pub(crate) type Rest = Vec<(String, Box<RawValue>)>;

/// A map sorted by key: the same content always has the same text, in whatever order it came together.
#[derive(Clone, Debug)]
pub(crate) struct Sorted<V>(Vec<(String, V)>);

impl<V> Default for Sorted<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> Sorted<V> {
    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        self.place(key).ok().and_then(|at| self.0.get(at)).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.place(key).ok().and_then(|at| self.0.get_mut(at)).map(|(_, value)| value)
    }

    pub(crate) fn contains(&self, key: &str) -> bool {
        self.place(key).is_ok()
    }

    /// Puts a value under a key; one that is there already is replaced.
    pub(crate) fn insert(&mut self, key: String, value: V) {
        match self.place(&key) {
            Ok(at) => {
                if let Some(slot) = self.0.get_mut(at) {
                    slot.1 = value;
                }
            }
            Err(at) => self.0.insert(at, (key, value)),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    fn place(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(key))
    }
}

impl<V: Serialize> Serialize for Sorted<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Sorted<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Members<V> {
            type Value = Sorted<V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Sorted<V>, A::Error> {
                let mut sorted = Sorted::default();
                while let Some((key, value)) = map.next_entry::<String, V>()? {
                    sorted.insert(key, value);
                }
                Ok(sorted)
            }
        }
        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// A member's name, borrowed from the text where it has no escapes.
pub(crate) struct Name<'a>(pub(crate) Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// A member's value: absent members take the default, and defaults are not written.
pub(crate) trait Member: Default + Serialize + DeserializeOwned {
    /// Whether the member need not be written.
    fn vacant(&self) -> bool;
}

macro_rules! members {
    ($($ty:ty: $vacant:expr;)*) => { $(impl Member for $ty { fn vacant(&self) -> bool { let vacant: fn(&Self) -> bool = $vacant; vacant(self) } })* };
}
members! {
    i64: |_| false;
    u32: |_| false;
    bool: |value| !value;
    String: String::is_empty;
    Vec<String>: Vec::is_empty;
}

impl<T: Serialize + DeserializeOwned> Member for Option<T> {
    fn vacant(&self) -> bool {
        self.is_none()
    }
}

impl<V: Serialize + DeserializeOwned> Member for Sorted<V> {
    fn vacant(&self) -> bool {
        self.0.is_empty()
    }
}

/// Declares a part of the record: its members by their names on the wire, plus `rest` for those of other builds.
macro_rules! kept {
    ($($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident: $ty:ty = $key:literal,)* })*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Default)]
        pub(crate) struct $name {
            $($(#[$member_doc])* pub(crate) $member: $ty,)*
            /// Members of other builds.
            pub(crate) rest: $crate::order::keep::Rest,
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $(if !$crate::order::keep::Member::vacant(&self.$member) { map.serialize_entry($key, &self.$member)?; })*
                for (key, value) in &self.rest {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Members;
                impl<'de> serde::de::Visitor<'de> for Members {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let mut it = $name::default();
                        while let Some(name) = map.next_key::<$crate::order::keep::Name<'de>>()? {
                            match &*name.0 {
                                $($key => it.$member = map.next_value()?,)*
                                _ => it.rest.push((name.0.into_owned(), map.next_value::<$crate::json::Raw<'de>>()?.keep())),
                            }
                        }
                        Ok(it)
                    }
                }
                deserializer.deserialize_map(Members)
            }
        }

        impl $crate::order::keep::Member for $name {
            fn vacant(&self) -> bool { false }
        }
    )* };
}
pub(crate) use kept;

/// Writes known members, then those of other builds, as one object.
pub(crate) fn with_rest<S: Serializer, V: Serialize>(serializer: S, known: &Sorted<V>, rest: &Rest) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for (key, value) in known.iter() {
        map.serialize_entry(key, value)?;
    }
    for (key, value) in rest {
        map.serialize_entry(key, value)?;
    }
    map.end()
}
