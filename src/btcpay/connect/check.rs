//! `btcpay.checkConnection`: whether a server, a key and a store make a shop that can be paid. For a key that the server's page sent and
//! for one that was pasted by hand alike.

use crate::api::reply::Reply;
use crate::api::sheet::Call;
use crate::api::step::{self, Then};
use crate::btcpay::access::{Access, fingerprint};
use crate::btcpay::doctor::{key, server, store};
use crate::btcpay::permissions::{self, Need, WANTED};
use crate::btcpay::version::{OLDEST, ServerInfo, Version};
use crate::btcpay::wire::{ApiKeyWire, StoreMethods, StoreWire};
use crate::btcpay::{request, response};
use crate::doctor::Check;
use crate::error::{Code, Error};
use crate::http::Response;
use crate::json::object;
use crate::secret::Secret;

const OP: &str = "btcpay.checkConnection";

object! {
    /// Input of `btcpay.checkConnection`.
    #[cfg_attr(feature = "schema", schemars(rename = "CheckConnectionInput"))]
    input Input {
        /// The server's address as the merchant types it.
        server_url: String = "serverUrl",
        /// The key, as the server's page sent it or as the merchant pasted it.
        api_key: Secret = "apiKey",
        /// The store's id, where the merchant pasted one; that of the key unless told.
        store_id: Option<String> = "storeId",
        /// The language of the checks: `en` unless told, or `ja`.
        language: Option<String> = "language",
    }
}

object! {
    /// Result of `btcpay.checkConnection`: what to store as settings, and what the merchant should see before.
    #[cfg_attr(feature = "schema", schemars(rename = "CheckedConnection"))]
    output Connected {
        /// For the settings, as kessai writes it.
        server_url: String = "serverUrl",
        /// For the settings.
        store_id: String = "storeId",
        store_name: Option<String> = "storeName",
        /// What the key may do, as the server names it.
        permissions: Vec<String> = "permissions",
        /// The server's version.
        version: String = "version",
        /// What was looked at. None of it has failed, but for what the shop cannot do without having it mended: a store without a wallet.
        checks: Vec<Check> = "checks",
    }
}

pub(crate) fn start(call: Call<'_>) -> Result<Reply, Error> {
    let access = access(call.read()?)?;
    if access.store_id.is_empty() {
        let requests = vec![request::server(&access, "key", "/api-keys/current")];
        return Ok(Reply::send(requests, Then::bound_to(&bound(&access), OP, "key")));
    }
    Ok(look(&access, None))
}

pub(crate) fn resume(call: Call<'_>, then: &Then, responses: &[Response]) -> Result<Reply, Error> {
    let input: Input = call.read()?;
    let language = input.language.clone().unwrap_or_else(|| "en".to_owned());
    let mut access = access(input)?;
    then.check_bound(&bound(&access))?;
    match then.step.as_str() {
        "key" => {
            let key: ApiKeyWire = response::read(step::response(responses, "key"))?;
            access.store_id = only_store(&key.permissions)?;
            Ok(look(&access, Some(access.store_id.clone())))
        }
        "look" => {
            if let Some(found) = &then.found {
                access.store_id.clone_from(found);
            }
            looked(access, responses, &language)
        }
        _ => Err(Code::StepInvalid.into()),
    }
}

fn access(input: Input) -> Result<Access, Error> {
    let store_id = input.store_id.unwrap_or_default().trim().to_owned();
    let access = Access::check("", &input.server_url, input.api_key, store_id)?;
    if key::is_legacy(access.api_key.reveal()) { Err(Code::ConnectLegacyKey.into()) } else { Ok(access) }
}

/// What was typed, the store included where one was.
fn bound(access: &Access) -> String {
    fingerprint(&[&access.server_url, &access.store_id])
}

fn look(access: &Access, found: Option<String>) -> Reply {
    let requests = vec![
        request::server(access, "server", "/server/info"),
        request::server(access, "key", "/api-keys/current"),
        request::store(access, "store", "GET", "", None),
        request::store(access, "methods", "GET", store::METHODS, None),
    ];
    let typed = if found.is_some() { "" } else { &access.store_id };
    let bound = fingerprint(&[&access.server_url, typed]);
    Reply::send(requests, Then { found, ..Then::bound_to(&bound, OP, "look") })
}

fn looked(access: Access, responses: &[Response], language: &str) -> Result<Reply, Error> {
    let info: ServerInfo = response::read(step::response(responses, "server"))?;
    let version = Version::parse(&info.version);
    if version < OLDEST {
        return Err(Error::new(Code::TooOld).with("needs", OLDEST.text()));
    }
    let key: ApiKeyWire = response::read(step::response(responses, "key"))?;
    if only_store(&key.permissions)? != access.store_id {
        return Err(Error::new(Code::ConnectOtherStore).with("store", &access.store_id));
    }
    let lacks = |policy| !permissions::holds(&key.permissions, policy, &access.store_id);
    let missing = WANTED.iter().filter(|(policy, need)| *need == Need::Payments && lacks(policy));
    let missing: Vec<_> = missing.map(|(policy, _)| *policy).collect();
    if !missing.is_empty() {
        return Err(Error::new(Code::ConnectPermissions).with("missing", missing.join(", ")));
    }
    let store: StoreWire = response::read(step::response(responses, "store"))?;
    let methods: StoreMethods = response::read(step::response(responses, "methods"))?;
    let mut findings = server::findings(&access, Ok(&info));
    findings.extend(key::findings(&access, Ok(&key)));
    findings.extend(store::findings(Ok(&store), Ok(&methods), None));
    Ok(Reply::done(&Connected {
        server_url: access.server_url,
        store_id: access.store_id,
        store_name: store.name,
        permissions: key.permissions,
        version: info.version,
        checks: findings.iter().map(|finding| finding.tell(language)).collect(),
    }))
}

/// # Errors
/// `connect.stores` where the key reaches more than one store, or every store of its owner; `connect.permissions` where it reaches none.
fn only_store(permissions: &[String]) -> Result<String, Error> {
    let stores = permissions::stores(permissions).ok_or_else(|| Error::new(Code::ConnectStores).with("stores", "*"))?;
    let mut ids = stores.iter();
    match (ids.next(), ids.next()) {
        (Some(store), None) => Ok((*store).to_owned()),
        (None, _) => {
            Err(Error::new(Code::ConnectPermissions).with("missing", WANTED.map(|(policy, _)| policy).join(", ")))
        }
        _ => Err(Error::new(Code::ConnectStores).with("stores", stores.len().to_string())),
    }
}
