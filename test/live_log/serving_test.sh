#!/usr/bin/env bash
# Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

# What clients get, and what requests are answered with.
. "$(dirname "$0")/support.sh"

test_whoever_joins_at_the_start_in_the_middle_or_after_the_end_gets_the_same_bytes() {
    head -c 300000 /dev/urandom >first
    head -c 300000 /dev/urandom >second
    start_live
    join start
    cat first >&9
    wait_until has_size start 300000
    join middle
    cat second >&9
    exec 9>&-
    wait_until has_said 'complete: 600000 bytes'
    join end
    for client in start middle end; do
        ends_with "$client" 0
        cat first second | same - "$client"
    done
}

test_while_the_output_grows_a_response_is_chunked_text_of_no_known_length() {
    start_live
    join get
    join head --head
    ends_with head 0
    for head in get.head head.head; do
        cp "$head" head
        has_field 'HTTP/1.1 200 OK'
        has_field 'Content-Type: text/plain; charset=utf-8'
        has_field 'X-Content-Type-Options: nosniff'
        has_field 'Transfer-Encoding: chunked'
        has_no_field Content-Length
    done
}

test_when_the_output_has_ended_its_length_is_told() {
    start -- printf 12345
    wait_until has_said complete
    for method in --get --head; do
        equal "$(ask "$method" "$url")" 200
        has_field 'Content-Length: 5'
        has_field 'X-Content-Type-Options: nosniff'
        has_no_field Transfer-Encoding
    done
    equal "$(curl -sS "$url?offset=2" -o /dev/null -w '%header{content-length}')" 3
}

test_a_client_of_http_1_0_gets_the_bytes_without_chunks() {
    start_live
    join client --http1.0
    echo text >&9
    exec 9>&-
    ends_with client 0
    grep -qi '^Transfer-Encoding' client.head && fail "chunks for HTTP/1.0"
    equal "$(<client)" text
}

test_an_offset_is_where_the_response_starts() {
    start_live
    join beyond --url-query offset=8
    echo -n 0123456789 >&9
    url+='?offset=5' join inside
    exec 9>&-
    ends_with inside 0
    equal "$(<inside)" 56789
    ends_with beyond 0
    equal "$(<beyond)" 89
    equal "$(ask "$url?offset=10")" 200
    equal "$(<body)" ''
}

test_an_offset_beyond_the_end_cannot_be_satisfied() {
    start -- printf 12345
    wait_until has_said complete
    for offset in 6 18446744073709551615; do
        equal "$(ask "$url?offset=$offset")" 416
        has_field 'Content-Range: bytes \*/5'
    done
}

test_an_offset_that_is_no_number_is_a_bad_request() {
    start -- printf 12345
    for query in offset= offset=x offset=-1 offset=+1 offset=1x offset=0x1 offset=%31 \
        offset=18446744073709551616 'offset=1&offset=1'; do
        equal "$(ask "$url?$query")" 400 "$query"
    done
    equal "$(ask "$url?other=x&offset=3")" 200
    equal "$(<body)" 45
}

test_a_request_for_anything_else_is_refused() {
    start -- true
    equal "$(ask "${url}other")" 404
    equal "$(ask -X POST "$url")" 405
    has_field 'Allow: GET, HEAD'
    equal "$(ask -d body "$url")" 405
    equal "$(ask --get -H 'Content-Length: 4' "$url")" 400
    equal "$(ask -H "X-Long: $(printf %09000d 0)" "$url")" 431
    equal "$(ask -H 'Host: example.org' "$url")" 421
    exec 8<>"/dev/tcp/127.0.0.1/$port"
    printf 'no request at all\r\n\r\n' >&8
    equal "$(head -n 1 <&8)" $'HTTP/1.1 400 Bad Request\r'
}

test_raw_tcp_serves_the_bare_bytes() {
    head -c 300000 /dev/urandom >bytes
    start_live --tcp-port 0
    cat <"/dev/tcp/127.0.0.1/$tcp_port" >early 9>&- &
    early=$!
    cat bytes >&9
    exec 9>&-
    wait "$early"
    same bytes early
    wait_until has_said complete
    cat <"/dev/tcp/127.0.0.1/$tcp_port" | same bytes -
}

test_standard_input_is_served_when_there_is_no_command() {
    start < <(head -c 300000 /dev/urandom | tee bytes)
    join client
    ends_with client 0
    same bytes client
}

test_a_file_can_be_standard_input() {
    head -c 300000 /dev/urandom >bytes
    start <bytes
    curl -sS "$url" | same bytes -
}

test_it_listens_on_127_0_0_1_and_nowhere_else() {
    start_live --tcp-port 0
    for p in "$port" "$tcp_port"; do
        cat /proc/net/tcp /proc/net/tcp6 >sockets
        # 0A is the state of a socket that listens.
        equal "$(awk -v port="$(printf %04X "$p")" \
            '$4 == "0A" && $2 ~ ":" port "$" { print $2 }' sockets)" "0100007F:$(printf %04X "$p")"
    done
}

run_cases
