//! A customer's whole life, read through the API of one node.

use baton_ctl::Connection;
pub(crate) use tests::life::Life;

/// Reads the life of a customer.
pub(crate) async fn life(connection: &Connection, customer: &str) -> Life {
    Life::read(customer, async |request| connection.customers().timeline(request).await.unwrap().into_inner()).await
}
