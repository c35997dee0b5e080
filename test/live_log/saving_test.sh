#!/usr/bin/env bash
# Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

# Output that is kept in a file.
. "$(dirname "$0")/support.sh"

test_the_file_is_complete_when_the_output_is() {
    head -c 30000000 /dev/urandom >bytes # more than memory holds
    start --save log -- sh -c 'cat bytes'
    wait_until has_said 'saved to log'
    same bytes log
    [[ ! -e log.partial && ! -e log.records ]] || fail "something is left: $(ls)"
    join client
    ends_with client 0
    same bytes client
}

test_a_file_that_is_there_is_not_overwritten() {
    echo precious >log
    ! "$live_log" --save log -- true 2>said || fail "it started"
    has_said 'cannot save to log: File exists'
    equal "$(<log)" precious
}

test_an_output_that_is_not_complete_can_be_resumed() {
    start --save log -- sh -c 'echo one; kill -KILL $$'
    wait_until has_said 'resume goes on'
    kill -INT "$server"
    exits_with 0
    [[ ! -e log ]] || fail 'it looks complete'
    start --save log --resume -- echo two
    wait_until has_said 'saved to log$'
    equal "$(<log)" $'one\ntwo'
    join client
    ends_with client 0
    equal "$(<client)" $'one\ntwo'
}

test_a_server_that_is_killed_loses_nothing_that_clients_have_seen_written() {
    start_live --save log
    join client
    echo one >&9
    wait_until has_size client 4
    wait_until has_size log.partial 4
    kill -KILL "$server"
    wait "$server" || true
    exec 9>&-
    start --save log --resume -- echo two
    wait_until has_said 'saved to log$'
    equal "$(<log)" $'one\ntwo'
}

test_a_complete_file_is_served_and_no_command_runs() {
    start --save log -- echo text
    wait_until has_said 'saved to log$'
    kill -INT "$server"
    exits_with 0
    start --save log --resume -- touch ran
    join client
    ends_with client 0
    equal "$(<client)" text
    [[ ! -e ran ]] || fail 'the command ran'
}

test_two_servers_do_not_share_a_file() {
    start_live --save log
    ! "$live_log" --save log --resume -- true 2>refused || fail "it started"
    grep -q 'cannot save to log: Device or resource busy' refused
    exec 9>&-
    wait_until has_said 'saved to log$'
}

run_cases
