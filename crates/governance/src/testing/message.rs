//! A message step of a test: `message promo priority=50 channels=email,push strategy=all on_capped=drop`.

use baton_model::send::Category;
use baton_model::span::Span;
use baton_model::text_id::{ChannelId, PolicyId, PurposeId, TemplateId, TopicId};
use baton_rules::{Names, Rule, RuleDocument, RulePlace};
use jiff::tz::TimeZone;

use crate::message::{Message, OnRefusal, Strategy};

/// What a [`Message`] borrows from.
#[derive(Debug, Clone)]
pub(crate) struct TestMessage {
    pub channels: Vec<ChannelId>,
    pub strategy: Strategy,
    pub template: TemplateId,
    pub category: Category,
    pub priority: u8,
    pub topic: Option<TopicId>,
    pub purpose: Option<PurposeId>,
    pub role: Option<String>,
    pub policies: Vec<PolicyId>,
    pub guard: Option<Rule>,
    pub fallback_zone: Option<TimeZone>,
    pub max_defer: Span,
    pub on_capped: OnRefusal,
    pub on_suppressed: OnRefusal,
    pub on_unreachable: OnRefusal,
    pub on_failed: OnRefusal,
}

impl Default for TestMessage {
    fn default() -> Self {
        Self {
            channels: vec![ChannelId::new("email").unwrap()],
            strategy: Strategy::FirstReachable,
            template: TemplateId::new("hello").unwrap(),
            category: Category::Marketing,
            priority: 50,
            topic: Some(TopicId::new("offers").unwrap()),
            purpose: Some(PurposeId::new("marketing").unwrap()),
            role: None,
            policies: Vec::new(),
            guard: None,
            fallback_zone: None,
            max_defer: "48h".parse().unwrap(),
            on_capped: OnRefusal::Defer,
            on_suppressed: OnRefusal::Defer,
            on_unreachable: OnRefusal::Drop,
            on_failed: OnRefusal::Drop,
        }
    }
}

impl TestMessage {
    /// Reads `name=value` words; `names` is what a guard may name.
    pub fn with(self, words: &[&str], names: &Names<'_>) -> Self {
        let mut message = self;
        for word in words {
            let (name, value) = word.split_once('=').unwrap_or_else(|| panic!("`{word}` is no name=value"));
            message.set(name, value, names);
        }
        message
    }

    fn set(&mut self, name: &str, value: &str, names: &Names<'_>) {
        match name {
            "channels" => self.channels = value.split(',').map(|id| ChannelId::new(id).unwrap()).collect(),
            "strategy" => {
                self.strategy = if value == "all" { Strategy::All } else { Strategy::FirstReachable };
            }
            "category" => self.category = serde_json::from_value(value.into()).unwrap(),
            "priority" => self.priority = value.parse().unwrap(),
            "topic" => self.topic = Some(TopicId::new(value).unwrap()),
            "role" => self.role = Some(value.to_owned()),
            "policies" => self.policies = value.split(',').map(|id| PolicyId::new(id).unwrap()).collect(),
            "guard" => {
                let document = RuleDocument::Expr(value.to_owned());
                self.guard = Some(Rule::compile(&document, RulePlace::STEP, names).unwrap());
            }
            "zone" => self.fallback_zone = baton_model::time::zone(value),
            "max_defer" => self.max_defer = value.parse().unwrap(),
            "on_capped" => self.on_capped = serde_json::from_value(value.into()).unwrap(),
            "on_suppressed" => self.on_suppressed = serde_json::from_value(value.into()).unwrap(),
            "on_unreachable" => self.on_unreachable = serde_json::from_value(value.into()).unwrap(),
            "on_failed" => self.on_failed = serde_json::from_value(value.into()).unwrap(),
            _ => panic!("a message has no `{name}`"),
        }
    }

    /// As governance sees it.
    pub fn view(&self) -> Message<'_> {
        Message {
            channels: &self.channels,
            strategy: self.strategy,
            template: &self.template,
            category: self.category,
            priority: self.priority,
            topic: self.topic.as_ref(),
            purpose: self.purpose.as_ref(),
            role: self.role.as_deref(),
            policies: &self.policies,
            guard: self.guard.as_ref(),
            fallback_zone: self.fallback_zone.as_ref(),
            max_defer: &self.max_defer,
            on_capped: self.on_capped,
            on_suppressed: self.on_suppressed,
            on_unreachable: self.on_unreachable,
            on_failed: self.on_failed,
        }
    }
}
