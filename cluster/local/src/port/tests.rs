//! Who gets which port.

use std::collections::BTreeSet;

use super::*;

#[test]
fn a_port_is_given_out_once() {
    let ports: Vec<Port> = (0..50).map(|_| Port::reserve().unwrap()).collect();
    let numbers: BTreeSet<u16> = ports.iter().map(|port| port.number).collect();
    assert_eq!(numbers.len(), ports.len());
}

#[test]
fn a_port_in_use_is_not_given_out() {
    // Of the range that nobody reserves from, so that no other test is in the way.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let number = listener.local_addr().unwrap().port();
    assert!(Port::take(number).is_none());
}

#[test]
fn a_reserved_port_can_be_listened_to() {
    let port = Port::reserve().unwrap();
    for _ in 0..2 {
        TcpListener::bind(port.address()).unwrap();
    }
}
