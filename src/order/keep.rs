//! Records outlive the build that wrote them: what a build does not know it keeps, byte for byte, and writes back.

use crate::json::Sorted;

/// A member's value: absent members take the default, and defaults are not written.
pub(crate) trait Member: Default {
    /// Whether the member need not be written.
    fn vacant(&self) -> bool;
}

macro_rules! members {
    ($($type:ty: $vacant:expr;)*) => { $(impl Member for $type {
        fn vacant(&self) -> bool { let vacant: fn(&Self) -> bool = $vacant; vacant(self) }
    })* };
}
members! {
    i64: |_| false;
    u32: |_| false;
    bool: |value| !value;
    String: String::is_empty;
}

impl<T> Member for Option<T> {
    fn vacant(&self) -> bool {
        self.is_none()
    }
}

impl<T> Member for Vec<T> {
    fn vacant(&self) -> bool {
        self.is_empty()
    }
}

impl<V> Member for Sorted<V> {
    fn vacant(&self) -> bool {
        self.len() == 0
    }
}

/// Declares a part of the record: its members by their names on the wire, plus `rest` for those of other builds.
macro_rules! kept {
    ($($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident: $type:ty = $wire:literal,)* })*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Default)]
        pub(crate) struct $name {
            $($(#[$member_doc])* pub(crate) $member: $type,)*
            /// Members of other builds.
            pub(crate) rest: $crate::json::Rest,
        }

        impl<'j> $crate::json::FromJson<'j> for $name {
            fn from_json(at: $crate::json::At<'_, 'j>) -> Self {
                let mut it = Self::default();
                for (name, value) in at.members() {
                    match &*name.text() {
                        $($wire => $crate::json::take(&mut it.$member, value),)*
                        other => $crate::json::keep(&mut it.rest, other, value),
                    }
                }
                it
            }
        }

        impl $crate::json::ToJson for $name {
            fn to_json(&self, writer: &mut $crate::json::Writer) {
                writer.open();
                $(if !$crate::order::keep::Member::vacant(&self.$member) { writer.member($wire, &self.$member); })*
                for (name, value) in &self.rest {
                    writer.named(name, &$crate::json::Raw(value));
                }
                writer.close();
            }
        }

        impl $crate::order::keep::Member for $name {
            fn vacant(&self) -> bool { false }
        }
    )* };
}
pub(crate) use kept;
