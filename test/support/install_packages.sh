# Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

# To be sourced. What Debian 12 must have installed, and how it gets there.

build_packages=(g++ cmake ninja-build ccache libboost1.81-all-dev)
example_packages=(curl)
test_packages=(doxygen clang-format-14)
clang_packages=(clang-16 libclang-rt-16-dev)
bench_packages=(libbenchmark-dev) # only for test/bench/run

# install_packages PACKAGE...: installs those that are missing, and says so before.
install_packages() {
    local package missing=() as_root=()
    if ! command -v dpkg-query >/dev/null; then
        echo "This is no Debian: nothing is installed. Needed are the equivalents of: $*"
        return
    fi
    for package; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
            missing+=("$package")
    done
    ((${#missing[@]})) || return 0

    echo "Installing: ${missing[*]}"
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null; then
            echo "That takes root, or sudo: apt-get install ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -q &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -q -y --no-remove --no-install-recommends "${missing[@]}" && return
    echo "They could not be installed. Boost 1.81 cannot be beside the headers of Boost 1.74: if those" \
        "are here, removing libboost1.74-dev is for you to decide." >&2
    return 1
}
