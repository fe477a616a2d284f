//! Templates as a table: template → text, or why not.

use baton_model::value::{Fields, Value};

use super::*;
use crate::language::{VALUE_BYTES_MAX, language};
use crate::runtime::STEPS_MAX;
use crate::value::object;

fn variables() -> Object {
    let item = |name: &str, price: f64| {
        Value::Map(Fields::from([("name".to_owned(), Value::from(name)), ("price".to_owned(), Value::from(price))]))
    };
    let bare = Value::Map(Fields::from([("name".to_owned(), Value::from("gift"))]));
    let numbers = Value::List((0..1000).map(Value::from).collect());
    let customer = Fields::from([
        ("name".to_owned(), Value::from("Ada")),
        ("orders".to_owned(), Value::from(3_i64)),
        ("vip".to_owned(), Value::from(false)),
        ("nickname".to_owned(), Value::Null),
        ("items".to_owned(), Value::List(vec![item("tea", 4.5), item("cup", 12.0), bare])),
        ("numbers".to_owned(), numbers),
        ("since".to_owned(), Value::from("2025-03-30T00:30:00Z")),
    ]);
    Object::from_iter([("customer".into(), liquid_core::Value::Object(object(&customer)))])
}

fn compile(source: &str) -> Result<Compiled, Fault> {
    Compiled::new(Part::Text, source, &BTreeSet::from(["link".to_owned(), "list".to_owned()]), &language())
}

fn render(source: &str) -> Result<String, Failure> {
    compile(source).expect("the template compiles").render(variables())
}

fn check(source: &str, expected: &str) {
    assert_eq!(render(source), Ok(expected.to_owned()), "{source}");
}

fn check_missing(source: &str, variable: &str) {
    assert_eq!(render(source), Err(Failure::Missing(variable.to_owned())), "{source}");
}

fn check_failure(source: &str, reason: &str) {
    let Err(Failure::Other(got)) = render(source) else { panic!("{source}: {:?}", render(source)) };
    assert!(got.contains(reason), "{source}: {got}");
}

fn check_fault(source: &str, line: Option<usize>, reason: &str) {
    let fault = compile(source).expect_err("it is refused");
    assert_eq!(fault.line, line, "{source:.80}: {fault:?}");
    assert!(fault.reason.contains(reason), "{source:.80}: {fault:?}");
}

#[test]
fn values_tags_and_filters_render() {
    check("Dear {{ customer.name | upcase }}, {{ customer.orders }} orders", "Dear ADA, 3 orders");
    check(
        "{% for i in customer.items limit:2 reversed %}{{ forloop.index }}:{{ i.name }} {% endfor %}",
        "1:cup 2:tea ",
    );
    check(
        "{% for i in customer.items offset:1 %}{{ i.name }}{% unless forloop.last %},{% endunless %}{% endfor %}",
        "cup,gift",
    );
    check("{% for n in customer.numbers %}{% if n == 3 %}{% break %}{% endif %}{{ n }}{% endfor %}", "012");
    check("{% for n in customer.numbers limit:4 %}{% if n == 1 %}{% continue %}{% endif %}{{ n }}{% endfor %}", "023");
    check("{% for n in customer.numbers limit:0 %}x{% else %}none{% endfor %}", "none");
    check("{% assign a = customer.orders | plus: 1 %}{% capture b %}<{{ a }}>{% endcapture %}{{ b }}{{ b }}", "<4><4>");
    check("{% case customer.orders %}{% when 3 %}three{% else %}other{% endcase %}", "three");
    check("{% comment %}{{ nothing }}{% endcomment %}{% raw %}{{ x }}{% endraw %}", "{{ x }}");
    check("{{ customer.items.size }} {{ customer.items.first.name }} {{ customer.items[1].price }}", "3 tea 12");
    check("{{ customer.items | map: 'name' | join: '+' }}", "tea+cup+gift");
    check(
        "{% for i in customer.items %}{% for n in customer.numbers limit:2 %}{{ i.name }}{{ n }} {% endfor %}{% endfor %}",
        "tea0 tea1 cup0 cup1 gift0 gift1 ",
    );
}

#[test]
fn a_missing_variable_is_an_error_that_names_it_unless_it_has_a_default() {
    check_missing("Dear {{ customer.first_name }}", "customer.first_name");
    check_missing("{{ customer.name.first }}", "customer.name.first");
    check_missing("{{ customer.first_name | upcase | append: '!' }}", "customer.first_name");
    check_missing("{{ customer.total | times: 2 }}", "customer.total");
    check_missing("{% assign x = customer.total %}never read", "customer.total");
    check_missing("{% for i in customer.items %}{{ i.price }}{% endfor %}", "i.price");
    check_missing("{% for i in customer.gone %}{% endfor %}", "customer.gone");
    check_missing("{% if customer.plan == 'pro' %}x{% endif %}", "customer.plan");
    check_missing("{{ customer.a | default: customer.b }}", "customer.b");
    check_missing("{{ customer.first }}{{ customer.second }}", "customer.first");
    check("{{ customer.first_name | default: 'you' }}", "you");
    check("{{ customer.a | default: customer.b | default: customer.name }}", "Ada");
    check("{{ customer.nickname | default: customer.name }}", "Ada");
    check("{{ customer.name | default: customer.gone }}", "Ada");
    check("{% for i in customer.items %}{{ i.price | default: 'free' }} {% endfor %}", "4.5 12 free ");
    check("{% if customer.plan and customer.plan == 'pro' %}x{% else %}y{% endif %}", "y");
    check("{% unless customer.vip %}y{% endunless %}", "y");
    check("{% if customer.name %}{{ customer.name }}{% endif %}{{ customer.nickname }}", "Ada");
}

#[test]
fn dates_know_zones_and_no_now() {
    check("{{ customer.since | date: '%Y-%m-%d %H:%M' }}", "2025-03-30 00:30");
    check("{{ customer.since | date: '%A %H:%M %Z', 'Asia/Tokyo' }}", "Sunday 09:30 JST");
    check("{{ '2025-12-24' | date: '%e. %B' }}", "24. December");
    check("{{ 86400 | date: '%F' }}", "1970-01-02");
    check_failure("{{ 'now' | date: '%F' }}", "`now` is no instant");
    check_failure("{{ customer.since | date: '%F', 'Mars/Base' }}", "there is no zone `Mars/Base`");
    check_failure("{{ customer.since | date: '%Ö' }}", "date format");
}

#[test]
fn time_and_memory_are_bounded() {
    let loops = "{% for a in customer.numbers %}{% for b in customer.numbers %}{% endfor %}{% endfor %}";
    check_failure(loops, &format!("more than {STEPS_MAX} steps"));
    let double = "{% assign x = 'xxxxxxxx' %}{% for n in customer.numbers %}{% assign x = x | append: x %}{% endfor %}";
    check_failure(double, &format!("a value is longer than {VALUE_BYTES_MAX} bytes"));
    let capture = "{% capture x %}{% for n in customer.numbers %}{{ customer.numbers }}{% endfor %}{% endcapture %}";
    check_failure(capture, "a value is longer than");
    let kib = "x".repeat(1024);
    let replace = format!(
        "{{% assign x = '{kib}' %}}{{% assign y = x | replace: 'x', x | replace: 'x', 'x' %}}{{{{ y | replace: 'x', x }}}}"
    );
    check_failure(&replace, "a value is longer than");
    let output = format!("{{% for n in customer.numbers %}}{kib}{{% endfor %}}");
    assert_eq!(render(&output), Err(Failure::TooLong));
}

#[test]
fn a_template_that_does_not_compile_is_refused_with_its_line() {
    check_fault("line 1\n\n{{ customer.name", Some(3), "");
    check_fault("a\n{% if customer.name %}\nb", Some(3), "Unclosed block. {% endif %} tag expected.");
    check_fault("a\nb\n{{ customer.name | shout }}\n", Some(3), "Unknown filter: filter=shout");
    check_fault("a\n{% include 'x' %}", Some(2), "");
    check_fault("a\n{% for x in (1..9) %}{% endfor %}", Some(2), "not a range");
    check_fault(
        "{% for x in customer.items step:2 %}{% endfor %}",
        Some(1),
        "write `limit:n`, `offset:n` or `reversed` here",
    );
    check_fault("{% assign = 3 %}", Some(1), "");
    check_fault(&"x".repeat(SOURCE_BYTES_MAX + 1), None, "is longer than");
}

#[test]
fn a_name_that_cannot_be_meant_is_refused() {
    check_fault(
        "a\n{{ custmer.name }}",
        Some(2),
        "there is no `custmer`: write one of customer, event, context, vars, message",
    );
    check_fault("{{- name -}}", Some(1), "there is no `name`");
    check_fault("{% for i in customer.items %}{{ j }}{% endfor %}", Some(1), "there is no `j`");
    check_fault("{% raw %}{{ x }}{% endraw %}{{ y }}", Some(1), "there is no `y`");
    check("{{ true }}{{ 'x' }}{{ 1 }}{{-customer.name-}}{% comment %}{{ x }}{%- endcomment -%}", "truex1Ada");
    check("{% assign a=1 %}{%- capture b -%}2{% endcapture %}{{ a }}{{ b }}", "12");
}

#[test]
fn a_template_that_nests_without_end_is_refused() {
    check_fault(&"\n{% if a %}".repeat(20_000), Some(66), "more than 64 blocks inside one another");
    let chain = format!("{{% if a %}}{}{{% endif %}}", "{%- elsif b %}".repeat(5_000));
    check_fault(&chain, Some(1), "more than 64 blocks inside one another");
    check_fault(&format!("{{{{ a{} }}}}", "[a".repeat(1_000)), Some(1), "more than 16 brackets inside one another");
    let hidden = "{% assign x = '%}{% raw %}' %}{% if a %}".to_owned() + &"{% if a %}".repeat(5_000) + "{% endraw %}";
    check_fault(&hidden, Some(1), "more than 64 blocks inside one another");
    check_fault(&"{{".repeat(100_000), Some(1), "more than 4096 bytes inside one pair of braces");
    check_fault(&format!("a\n{{{{ '{}' }}}}", "ž".repeat(3_000)), Some(2), "more than 4096 bytes");
    let deepest = format!("{}x{}", "{% if customer.name %}".repeat(64), "{% endif %}".repeat(64));
    check(&deepest, "x");
}

#[test]
fn fields_that_can_never_have_a_value_are_refused_where_they_stand() {
    let table = [
        ("{{ message.chanel }}", 1, "no `message.chanel`: write one of `message.id`, `message.channel`"),
        ("\n{{ event.total }}", 2, "no `event.total`: write `event.properties.total`, or one of `event.name`"),
        ("{{ vars.lnk }}", 1, "no `vars.lnk`: declare it under `vars`, or write one of `vars.link`, `vars.list`"),
        ("{{ customer.name | default: vars.lnk }}", 1, "no `vars.lnk`"),
        ("{{- vars.lnk-}}", 1, "no `vars.lnk`"),
        ("a\n\n{% if message.kind == 'x' %}{% endif %}", 3, "no `message.kind`"),
        ("{% for x in vars.lst %}{% endfor %}", 1, "no `vars.lst`"),
        ("{{ 'it is' | append: event.id }}", 1, "no `event.id`"),
    ];
    for (source, line, reason) in table {
        check_fault(source, Some(line), reason);
    }
    let none = Compiled::new(Part::Text, "{{ vars.link }}", &BTreeSet::new(), &language()).unwrap_err();
    assert_eq!(none.reason, "there is no `vars.link`: declare it, `vars: {link: {}}`");
}

#[test]
fn fields_that_may_have_a_value_are_not_refused() {
    for source in [
        "{{ vars.link }} {% for x in vars.list %}{{ x.any }}{{ forloop.index }}{% endfor %}",
        "{{ message.id }} {{ message.channel }} {{ message.journey }} {{ message.step }}",
        "{{ event.name }} {{ event.properties.any }} {{ event.context.any.thing }} {{ event.timestamp }}",
        "{{ customer.any }} {{ context.any.vars.x }} {{ customer.event.vars }} {{ vars.size }}",
        "{{ customer['vars.none'] }} {{ customer.name | default: \"event.none\" }}",
        "{% assign message = customer.items %}{{ message.any }}",
        "{% raw %}{{ vars.none }}{% endraw %} {% comment %}{{ event.none }}{% endcomment %} vars.none",
    ] {
        assert!(compile(source).is_ok(), "{source}: {:?}", compile(source).err());
    }
}
