//! What the shop should show, and the effects that take it there.

use super::case::{Case, Standing};
use super::effect::{Effect, Notice};
use super::fold::{Fold, Seen};
use super::record::{Applied, Record, Told};
use super::shop::{Shop, Statuses};
use crate::json::Sorted;
use crate::messages;

/// Everything that decides the effects, apart from the record.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) statuses: &'a Statuses,
    pub(crate) language: &'a str,
    pub(crate) shop: &'a Shop,
    /// The address under which customers claim refunds, up to the refund's id.
    pub(crate) claims: &'a str,
    /// Unix seconds.
    pub(crate) now: i64,
}

/// The effects that bring the shop from what it was last told to what the facts say, and the record that knows of them.
///
/// While the facts do not decide there are none. Calling it again yields none.
pub(crate) fn settle(folded: &Fold<'_>, record: &mut Record, context: &Context<'_>) -> Vec<Effect> {
    if !folded.sure {
        return Vec::new();
    }
    let case = folded.case();
    let wanted = levels(folded, context.statuses, context.shop);
    let hands_off = record.hands_off.clone().or_else(|| moved_by_another(&record.applied, &wanted, context));
    let paid = case.standing() == Standing::Paid;
    // Goods that were let go cannot be called back by a status; a person has to look.
    let goods_are_out = context.shop.is_shipped() || record.applied.goods.as_deref() == Some("release");
    let lowered =
        record.applied.case.as_deref().and_then(Case::from_name).is_some_and(|told| told.rank() > case.rank());
    let withdrawn = goods_are_out && !paid && lowered;
    let frozen = hands_off.is_some() || context.shop.is_shipped() || withdrawn;

    let mut notices = notices(folded, &record.told, context.shop, frozen);
    notices.extend(unwanted_money(folded, record, context.shop));
    notices.extend(refund_notices(folded, record, context.claims));
    if hands_off.is_some() && record.hands_off.is_none() {
        // Numbered: an order that was given back can be moved again.
        let before = record.told.iter().filter(|(key, _)| key.starts_with("alert/handsOff/")).count();
        notices.push(Draft::new("alert", "handsOff", &(before + 1).to_string(), ""));
    }
    if withdrawn {
        let at = folded.best().map_or("", |seen| seen.id);
        notices.push(Draft::new("alert", "goodsAreOut", &[case.name(), "/", at].concat(), ""));
    }

    let mut effects = Vec::new();
    if !frozen {
        let applied = difference(&record.applied, wanted, case, context, &mut effects);
        record.applied = applied;
    }
    record.hands_off = hands_off;
    hide_outdated_alerts(folded, &mut record.told);
    for draft in notices {
        if record.told.contains(&draft.key) {
            continue;
        }
        let told = Told {
            t: context.now,
            open: draft.kind == "alert",
            case: (draft.code == "refund" && draft.kind == "note").then(|| case.name().to_owned()),
            ..Told::default()
        };
        record.told.insert(draft.key.clone(), told);
        let language = if draft.kind == "mail" {
            customers_language(record).unwrap_or(context.language)
        } else {
            context.language
        };
        let effect = draft.into_effect(language, &record.order);
        effects.push(effect);
    }
    effects
}

/// "Wait before shipping" is bad advice once the money is confirmed: an alert about a case shows while the invoice is in that case.
fn hide_outdated_alerts(folded: &Fold<'_>, told: &mut Sorted<Told>) {
    for (key, told) in told.iter_mut().filter(|(_, told)| told.open) {
        let Some((code, invoice)) = key.strip_prefix("alert/").and_then(|key| key.split_once('/')) else { continue };
        let about = folded.attempts.iter().find(|seen| seen.id == invoice && seen.view.sure);
        if let Some(seen) = about.filter(|_| Case::has_alert(code)) {
            told.gone = seen.view.case.alert() != code;
        }
    }
}

/// The language in which the customer was sent to the invoice, where there are texts in it: `de-AT` reads German.
pub(crate) fn customers_language(record: &Record) -> Option<&str> {
    let asked = record.acts.0.iter().rev().find_map(|act| act.terms.as_ref())?;
    let language = asked.language.split(['-', '_']).next()?;
    messages::has(language).then_some(language)
}

struct Levels {
    status: Option<String>,
    stock: Option<&'static str>,
    points: Option<&'static str>,
    paid_date: Option<i64>,
    goods: &'static str,
}

fn levels(folded: &Fold<'_>, statuses: &Statuses, shop: &Shop) -> Levels {
    let case = folded.case();
    let standing = case.standing();
    let kept = if standing == Standing::Closed { "returned" } else { "taken" };
    // Goods do not leave while some of them are missing, or while all of the money is on its way back.
    let decided = standing == Standing::Paid || statuses.releases(case);
    let release = decided && !shop.is_short() && !folded.goes_back();
    Levels {
        status: statuses.refunded_status(folded).or_else(|| statuses.status_of(case)).map(str::to_owned),
        stock: statuses.tells_stock().then_some(kept),
        points: statuses.tells_points().then_some(kept),
        paid_date: if standing == Standing::Paid { folded.best().and_then(paid_at) } else { None },
        goods: if release { "release" } else { "hold" },
    }
}

/// When the money was there: the server's time of settling, of the mark or of the last payment.
pub(crate) fn paid_at(seen: &Seen<'_>) -> Option<i64> {
    let facts = &seen.attempt.facts;
    let settled = facts.get("settled").map(|fact| fact.t);
    let marked =
        || facts.under("mark/").filter(|(_, fact)| fact.to.as_deref() == Some("settled")).map(|(_, fact)| fact.t).max();
    let confirmed = || facts.under("conf/").map(|(_, fact)| fact.t).max();
    let listed = || {
        seen.attempt.doc.as_ref().map(|doc| doc.payments.iter().map(|(_, payment)| payment.at).max().unwrap_or(doc.t))
    };
    match seen.view.case {
        Case::MarkedSettled => marked().or_else(listed),
        _ => settled.or_else(confirmed).or_else(listed),
    }
}

/// Somebody else moved the order: it has another payment method, or a status that is neither ours nor an untouched one.
fn moved_by_another(applied: &Applied, wanted: &Levels, context: &Context<'_>) -> Option<String> {
    let shop = context.shop;
    if shop.is_paid_otherwise() {
        return Some("otherMethod".to_owned());
    }
    let status = shop.status.as_str();
    let ours = applied.status.as_deref() == Some(status)
        || wanted.status.as_deref() == Some(status)
        || context.statuses.is_initial(status);
    (!ours).then(|| "movedByHand".to_owned())
}

fn difference(
    applied: &Applied,
    wanted: Levels,
    case: Case,
    context: &Context<'_>,
    effects: &mut Vec<Effect>,
) -> Applied {
    let mut now = applied.clone();
    now.case = Some(case.name().to_owned());
    if let Some(status) = wanted.status {
        if status != context.shop.status {
            effects.push(Effect::Status { to: status.clone(), case: case.name() });
        }
        now.status = Some(status);
    }
    // The shop took stock and points when the order was placed.
    let moved = |was: &Option<String>, to: &'static str| was.as_deref().unwrap_or("taken") != to;
    if let Some(to) = wanted.stock {
        if moved(&applied.stock, to) {
            effects.push(Effect::Stock { to });
        }
        now.stock = Some(to.to_owned());
    }
    if let Some(to) = wanted.points {
        if moved(&applied.points, to) {
            effects.push(Effect::Points { to });
        }
        now.points = Some(to.to_owned());
    }
    if wanted.paid_date != applied.paid_date {
        effects.push(Effect::PaidDate { to: wanted.paid_date });
        now.paid_date = wanted.paid_date;
    }
    if applied.goods.as_deref().unwrap_or("hold") != wanted.goods {
        effects.push(Effect::Goods { to: wanted.goods });
    }
    now.goods = Some(wanted.goods.to_owned());
    now
}

struct Draft {
    kind: &'static str,
    code: &'static str,
    key: String,
    invoice: String,
    link: String,
}

impl Draft {
    fn new(kind: &'static str, code: &'static str, about: &str, invoice: &str) -> Self {
        Self {
            kind,
            code,
            key: [kind, "/", code, "/", about].concat(),
            invoice: invoice.to_owned(),
            link: String::new(),
        }
    }

    fn into_effect(self, language: &str, order: &str) -> Effect {
        let values = [("invoice", self.invoice), ("order", order.to_owned()), ("link", self.link)];
        let catalogue = match self.kind {
            "note" => "notes",
            "mail" => "mails",
            _ => "alerts",
        };
        let text = messages::text(language, &format!("{catalogue}.{}", self.code), &values);
        let notice = Notice { key: self.key, code: self.code, text };
        match self.kind {
            "note" => Effect::Note(notice),
            "mail" => Effect::Mail(notice),
            _ => Effect::Alert(notice),
        }
    }
}

/// Everything there is to say. What was said before is left out by the caller.
fn notices(folded: &Fold<'_>, told: &Sorted<Told>, shop: &Shop, frozen: bool) -> Vec<Draft> {
    let mut drafts = Vec::new();
    // Of an invoice that is not decided nothing is said, even where another one paid the order.
    for seen in folded.attempts.iter().filter(|seen| seen.view.sure) {
        let case = seen.view.case;
        drafts.push(Draft::new("note", case.name(), seen.id, seen.id));
        if !case.alert().is_empty() {
            drafts.push(Draft::new("alert", case.alert(), seen.id, seen.id));
        }
        if seen.view.contradiction {
            drafts.push(Draft::new("alert", "contradiction", seen.id, seen.id));
        }
        if seen.attempt.surplus {
            drafts.push(Draft::new("alert", "surplusInvoice", seen.id, seen.id));
        }
    }
    if shop.is_short() && folded.case().standing() == Standing::Paid {
        drafts.push(Draft::new("alert", "oversold", "order", ""));
    }
    if folded.paid_twice() {
        drafts.push(Draft::new("alert", "paidTwice", "order", ""));
    }
    if !frozen {
        drafts.extend(mail(folded, told));
    }
    drafts
}

/// Money that nobody should have sent: on an invoice that was closed before, by the shop or the merchant's mark, and on one of an order
/// that is paid by another method.
fn unwanted_money(folded: &Fold<'_>, record: &Record, shop: &Shop) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for seen in folded.attempts.iter().filter(|seen| seen.view.sure) {
        // Money can cross a close of ours, even one whose answer was lost.
        let crossed = seen.attempt.has_money() && record.acts.closes(seen.id).next().is_some();
        if seen.view.case == Case::MarkedInvalid && (crossed || seen.attempt.has_money_since_mark()) {
            drafts.push(Draft::new("alert", "paidClosed", seen.id, seen.id));
        }
        if seen.view.case.standing() == Standing::Paid && shop.is_paid_otherwise() {
            drafts.push(Draft::new("alert", "paidOtherwise", seen.id, seen.id));
        }
    }
    drafts
}

/// Each refund is noted once, and the customer is told where to claim the shop's own. Where the money stands differently since then,
/// the merchant is alerted.
fn refund_notices(folded: &Fold<'_>, record: &Record, claims: &str) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let case = folded.case();
    for seen in &folded.attempts {
        for (id, _) in seen.attempt.refunds() {
            let note = Draft::new("note", "refund", id, seen.id);
            let then = record.told.get(&note.key).and_then(|told| told.case.as_deref()).and_then(Case::from_name);
            if then.is_some_and(|then| then.standing() != case.standing()) {
                let about = [seen.id, "/", id, "/", case.name()].concat();
                drafts.push(Draft::new("alert", "refundInDoubt", &about, seen.id));
            }
            drafts.push(note);
        }
    }
    let refunds = record.acts.0.iter().filter_map(|act| act.refund.as_ref());
    for terms in refunds.filter(|terms| !terms.made.is_empty()) {
        if terms.surplus {
            drafts.push(Draft::new("alert", "refundTwice", &terms.made, ""));
            continue;
        }
        if terms.quiet {
            continue;
        }
        drafts.push(Draft { link: [claims, &terms.made].concat(), ..Draft::new("mail", "refund", &terms.made, "") });
    }
    drafts
}

/// The customer is told of the payment once. Where the truth takes that back they are told so, and each later change of the truth
/// is numbered, so that every mail has a key of its own.
fn mail(folded: &Fold<'_>, told: &Sorted<Told>) -> Option<Draft> {
    let paid = folded.case().standing() == Standing::Paid;
    let count = |mails: &str| told.iter().filter(|(key, _)| key.starts_with(mails)).count();
    let (told_paid, told_withdrawn) = (count("mail/paid/"), count("mail/withdrawn/"));
    let invoice = folded.best().map_or("", |seen| seen.id);
    if paid && told_paid == told_withdrawn {
        Some(Draft::new("mail", "paid", &(told_paid + 1).to_string(), invoice))
    } else if !paid && told_paid > told_withdrawn {
        Some(Draft::new("mail", "withdrawn", &told_paid.to_string(), invoice))
    } else {
        None
    }
}
