//! Who asks, and on whose behalf: the `Authorization` field against the store's accounts, then
//! impersonation.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wire::ews::{ConnectingSid, ResponseCode};
use xxhash_rust::xxh3::xxh3_128;

use super::ExchangeOptions;
use super::problem::Problem;
use super::versions::Authentication;
use crate::MailboxIx;
use crate::http::HttpRequest;
use crate::store::MailStore;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Caller {
    /// Whose credentials these are.
    pub(super) account: MailboxIx,
    /// Whose mailbox is meant: another than the account's only by impersonation.
    pub(super) mailbox: MailboxIx,
}

/// Nobody is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    /// No credentials, or of a scheme that is not taken. Clients try this on purpose.
    Unnamed,
    /// Wrong ones, perhaps of this mailbox.
    Wrong(Option<MailboxIx>),
}

/// Whose credentials a request brings.
pub(super) fn account(
    request: &HttpRequest,
    ways: Authentication,
    store: &MailStore,
) -> Result<MailboxIx, Unknown> {
    let field = request.field("authorization").ok_or(Unknown::Unnamed)?;
    let (scheme, value) = field.split_once(' ').ok_or(Unknown::Unnamed)?;
    if ways.basic && scheme.eq_ignore_ascii_case("basic") {
        return basic(value.trim(), store);
    }
    if ways.bearer && scheme.eq_ignore_ascii_case("bearer") {
        return bearer(value.trim(), store);
    }
    Err(Unknown::Unnamed)
}

/// RFC 7617. The user is named by user name or address, perhaps with a Windows domain before it.
fn basic(value: &str, store: &MailStore) -> Result<MailboxIx, Unknown> {
    let bytes = STANDARD.decode(value).map_err(|_| Unknown::Wrong(None))?;
    let text = String::from_utf8(bytes).map_err(|_| Unknown::Wrong(None))?;
    let (user, password) = text.split_once(':').ok_or(Unknown::Wrong(None))?;
    let user = user.rsplit('\\').next().unwrap_or(user);
    let mailbox = store.by_user(user).or_else(|| store.by_address(user));
    match mailbox {
        Some(found) if store.password_fits(found, password) => Ok(found),
        other => Err(Unknown::Wrong(other)),
    }
}

/// RFC 6750, with tokens that [`bearer_token`] makes.
fn bearer(value: &str, store: &MailStore) -> Result<MailboxIx, Unknown> {
    let number = value.split_once('.').and_then(|(number, _)| number.parse().ok());
    let mailbox = MailboxIx(number.ok_or(Unknown::Wrong(None))?);
    match bearer_token(store, mailbox) {
        Some(token) if token == value => Ok(mailbox),
        _ => Err(Unknown::Wrong(store.mailbox(mailbox).map(|_| mailbox))),
    }
}

/// A mailbox's token: good for as long as its password is.
pub(super) fn bearer_token(store: &MailStore, mailbox: MailboxIx) -> Option<String> {
    let account = store.mailbox(mailbox)?.account();
    let secret = format!("bearer {}\n{}", account.address, account.password);
    Some(format!("{}.{:032x}", mailbox.0, xxh3_128(secret.as_bytes())))
}

/// Whose mailbox a request means.
pub(super) fn impersonate(
    account: MailboxIx,
    who: Option<&ConnectingSid>,
    options: &ExchangeOptions,
    store: &MailStore,
) -> Result<Caller, Problem> {
    let Some(who) = who else { return Ok(Caller { account, mailbox: account }) };
    let name = who.value();
    let found = match who {
        ConnectingSid::PrimarySmtpAddress(_) | ConnectingSid::SmtpAddress(_) => {
            store.by_address(name)
        }
        ConnectingSid::PrincipalName(_) => store.by_user(name).or_else(|| store.by_address(name)),
        ConnectingSid::Sid(_) => None,
    };
    let Some(mailbox) = found else {
        let text = "No mailbox with such guid.";
        return Err(Problem::new(ResponseCode::ErrorNonExistentMailbox, text));
    };
    if mailbox != account && !options.impersonation.allows(account) {
        let text = "The account does not have permission to impersonate the requested user.";
        return Err(Problem::new(ResponseCode::ErrorImpersonateUserDenied, text));
    }
    Ok(Caller { account, mailbox })
}
