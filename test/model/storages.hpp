// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What the streams of the model keep their bytes in. The oracle knows nothing of it: it is all the same to
// everybody who writes and reads.

#include <spool/options.hpp>
#include <spool/stream.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace spool::test {

enum class keeping : std::uint8_t
{
    memory, // no storage at all
    storage_in_memory,
    file_on_finish,
    file_in_place,
    example, // a user's, as it stands in example/09_own_storage.cpp
};

const char* name_of(keeping in) noexcept;

// Outlives its stream, and then looks at what that has left.
class kept_storage
{
public:
    virtual ~kept_storage() = default;

    virtual stream make(const asio::any_io_executor& executor, const options& chosen) = 0;

    virtual bool is_removed() const = 0;
    // Throws `mismatch` unless exactly the bytes are there, and as the whole or not.
    virtual void check(std::string_view bytes, bool is_whole) const = 0;
};

// Null for memory. Files begin in one of the modes, as the seed has it.
std::unique_ptr<kept_storage> make_storage(keeping in, std::uint64_t seed);
std::unique_ptr<kept_storage> make_example_storage();

} // namespace spool::test
