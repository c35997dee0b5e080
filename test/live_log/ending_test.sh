#!/usr/bin/env bash
# Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

# How the output ends, and what clients and the exit code say of it.
. "$(dirname "$0")/support.sh"

# What curl calls the end of a response that is not complete, and a reset.
partial=18
reset=56

# raw FILE: a client of raw TCP. Its exit code is that of `cat`, 1 after a reset.
raw() { cat <"/dev/tcp/127.0.0.1/$tcp_port" 2>/dev/null || return 1; }

test_a_command_that_is_killed_aborts_the_response_after_all_bytes() {
    start_live
    join early
    join old --http1.0
    echo half >&9
    wait_until has_size early 5
    kill -KILL "$(<pid)"
    ends_with early "$partial"
    ends_with old "$reset"
    join late
    ends_with late "$partial"
    for client in early old late; do
        equal "$(<"$client")" half
    done
    has_said 'sh was killed by signal 9'
    has_said 'the output is incomplete'
}

test_a_command_that_is_killed_resets_raw_connections_after_all_bytes() {
    start_live --tcp-port 0
    raw >early 9>&- &
    early=$!
    echo half >&9
    wait_until has_size early 5
    kill -KILL "$(<pid)"
    ! wait "$early" || fail "the end looks complete"
    ! raw >late || fail "the end looks complete to who comes late"
    equal "$(cat early late)" $'half\nhalf'
}

test_a_command_that_cannot_be_started_aborts_the_response() {
    start -- ./missing
    has_said 'cannot start ./missing: No such file or directory'
    join client
    ends_with client "$partial"
    equal "$(<client)" ''
}

test_input_that_cannot_be_read_aborts_the_response() {
    start <.
    join client
    ends_with client "$partial"
    has_said 'the output is incomplete: Is a directory'
}

test_an_exit_code_does_not_make_the_output_incomplete() {
    start -- sh -c 'echo text; exit 3'
    join client
    ends_with client 0
    equal "$(<client)" text
    has_said 'sh exited with code 3'
}

test_the_exit_code_is_that_of_the_command_when_asked() {
    start --exit-with-child -- true
    exits_with 0
    start --exit-with-child -- sh -c 'exit 7'
    exits_with 7
    start --exit-with-child -- sh -c 'kill -KILL $$'
    exits_with 137
    touch no_program
    start --exit-with-child -- ./no_program
    exits_with 126
    start --exit-with-child -- ./missing
    exits_with 127
}

test_a_slow_client_gets_everything_before_the_exit() {
    head -c 30000000 /dev/urandom >bytes
    start_live --exit-with-child
    stall
    cat bytes >&9
    exec 9>&-
    wait_until has_said complete
    same bytes - <&"$stalled"
    exits_with 0
}

test_what_was_sent_arrives_even_after_the_exit() {
    head -c 500000 /dev/urandom >bytes # more than the client's kernel takes, less than the server's
    start_live --exit-with-child
    stall
    cat bytes >&9
    exec 9>&-
    exits_with 0 # in five seconds
    same bytes - <&"$stalled"
}

test_a_client_that_does_not_read_holds_up_the_exit_no_longer_than_allowed() {
    start_live --exit-with-child --linger 0
    stall
    head -c 30000000 /dev/zero >&9
    exec 9>&-
    exits_with 0
}

test_an_interrupt_ends_server_and_command_and_aborts_the_response() {
    for option in '' --exit-with-child; do
        start $option -- sh -c 'echo $$ >pid; echo; exec sleep 60'
        join client
        wait_until has_size client 1
        kill -INT "$server"
        ends_with client "$partial"
        exits_with "$([[ $option ]] && echo 143 || echo 0)"
        ! kill -0 "$(<pid)" 2>/dev/null || fail "the command lives on"
    done
}

test_a_command_that_refuses_to_end_is_killed() {
    start --exit-with-child -- sh -c 'trap "" TERM; echo; exec sleep 60'
    join client
    wait_until has_size client 1
    kill -TERM "$server"
    exits_with 137
}

run_cases
