//! The CDNOW purchases: lines of `customer yyyymmdd quantity dollars`; the sample has its own number behind the customer's.

use jiff::civil::Date;

/// One purchase.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Order {
    /// The customer's number, as the file spells it.
    pub customer: String,
    /// Which purchase of that customer, from 1.
    pub number: u32,
    /// Which purchase of that customer on that day, from 0.
    pub number_of_day: u32,
    /// The day; the file has no hour.
    pub date: Date,
    /// How many CDs.
    pub quantity: u32,
    /// Dollars.
    pub total: f64,
}

/// A line that is no purchase. Nothing is replayed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}: write `customer yyyymmdd quantity dollars`")]
pub(crate) struct OrderError {
    line: usize,
    message: String,
}

/// All purchases, by customer and day; purchases of one day stay in the order of the file.
pub(crate) fn parse(text: &str) -> Result<Vec<Order>, OrderError> {
    let mut orders = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_heading = index == 0 && words.first() == Some(&"customer_id");
        if words.is_empty() || is_heading {
            continue;
        }
        orders.push(parse_line(&words).map_err(|message| OrderError { line: index + 1, message })?);
    }
    orders.sort_by(|a, b| (&a.customer, a.date).cmp(&(&b.customer, b.date)));
    for next in 1..orders.len() {
        let previous = &orders[next - 1];
        if previous.customer != orders[next].customer {
            continue;
        }
        let number_of_day = if previous.date == orders[next].date { previous.number_of_day + 1 } else { 0 };
        let number = previous.number + 1;
        orders[next] = Order { number, number_of_day, ..orders[next].clone() };
    }
    Ok(orders)
}

fn parse_line(words: &[&str]) -> Result<Order, String> {
    let ([customer, date, quantity, total] | [customer, _, date, quantity, total]) = words else {
        return Err(format!("{} words instead of 4", words.len()));
    };
    if customer.parse::<u32>().is_err() {
        return Err(format!("`{customer}` is no customer's number"));
    }
    let date = Date::strptime("%Y%m%d", date).map_err(|_| format!("`{date}` is no day"))?;
    let quantity = quantity.parse().map_err(|_| format!("`{quantity}` is no quantity"))?;
    let dollars: f64 = total.parse().map_err(|_| format!("`{total}` is no amount"))?;
    if !dollars.is_finite() || dollars < 0.0 {
        return Err(format!("`{total}` is no amount"));
    }
    Ok(Order { customer: (*customer).to_owned(), number: 1, number_of_day: 0, date, quantity, total: dollars })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::SAMPLE;

    fn told(text: &str) -> Vec<String> {
        match parse(text) {
            Ok(orders) => orders
                .iter()
                .map(|order| {
                    let Order { customer, number, number_of_day, date, quantity, total } = order;
                    format!("{customer} #{number}/{number_of_day} {date} {quantity} {total}")
                })
                .collect(),
            Err(error) => vec![error.to_string()],
        }
    }

    #[test]
    fn both_forms_of_the_file_are_read() {
        let master = " customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n\n 00002 19970112  1   12.00\n";
        assert_eq!(told(master), ["00001 #1/0 1997-01-01 1 11.77", "00002 #1/0 1997-01-12 1 12"]);
        assert_eq!(told(" 00004 0001 19970118  2   29.73\n"), ["00004 #1/0 1997-01-18 2 29.73"]);
    }

    #[test]
    fn orders_of_a_customer_are_numbered_by_day() {
        let text = "7 19970105 1 1\n7 19970102 1 2\n7 19970105 1 3\n8 19970105 1 4";
        let expected =
            ["7 #1/0 1997-01-02 1 2", "7 #2/0 1997-01-05 1 1", "7 #3/1 1997-01-05 1 3", "8 #1/0 1997-01-05 1 4"];
        assert_eq!(told(text), expected);
    }

    #[test]
    fn a_bad_line_is_named() {
        let check = |line: &str, expected: &str| {
            let text = format!("1 19970101 1 1.00\n{line}\n");
            assert_eq!(told(&text), [format!("line 2: {expected}: write `customer yyyymmdd quantity dollars`")]);
        };
        check("1 19970101 1", "3 words instead of 4");
        check("x 19970101 1 1.00", "`x` is no customer's number");
        check("1 19970231 1 1.00", "`19970231` is no day");
        check("1 19970101 many 1.00", "`many` is no quantity");
        check("1 19970101 1 $5", "`$5` is no amount");
        check("1 19970101 1 inf", "`inf` is no amount");
    }

    #[test]
    fn the_sample_is_whole() {
        let orders = parse(SAMPLE).unwrap();
        let mut customers: Vec<_> = orders.iter().map(|order| &order.customer).collect();
        customers.dedup();
        assert_eq!((orders.len(), customers.len()), (6919, 2357));
    }
}
