#!/usr/bin/env bash
# Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

# The command line.
. "$(dirname "$0")/support.sh"

test_the_help_fits_a_screen() {
    "$live_log" --help >help
    (($(wc -l <help) < 24)) || fail "$(wc -l <help) lines, and one is for the prompt"
    (($(wc -L <help) < 80)) || fail "$(wc -L <help) columns"
}

# is_refused ARGUMENT...: exit code 2, and one line that says why.
is_refused() {
    local code=0
    "$live_log" "$@" >out 2>error || code=$?
    equal "$code" 2 "$*"
    equal "$(<out)" '' "$*"
    equal "$(wc -l <error)" 1 "$*: $(<error)"
}

test_options_that_make_no_sense_are_refused() {
    for port in -1 65536 99999999999 x ''; do
        is_refused --port "$port" -- true
        is_refused --tcp-port "$port" -- true
    done
    is_refused --linger -1 -- true
    for size in 0 -1 x 1MB 1.5MiB 99999999999GiB ''; do
        is_refused --keep "$size" -- true
    done
    is_refused --keep 1MiB --slow-client never -- true
    is_refused --slow-client gap -- true
    is_refused --bind nowhere -- true
    is_refused --unknown -- true
    is_refused --
    is_refused true
    grep -q 'COMMAND goes after --' error
    is_refused <&-
}

test_a_port_that_is_taken_is_refused() {
    start -- true
    is_refused --port "$port" -- true
    is_refused --tcp-port "$port" -- true
}

test_what_follows_the_dashes_belongs_to_the_command() {
    start -- echo --help -- --port
    join client
    ends_with client 0
    equal "$(<client)" '--help -- --port'
}

run_cases
