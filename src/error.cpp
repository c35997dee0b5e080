// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include <spool/error.hpp>

#include <string>

namespace spool {

namespace {

class category final : public boost::system::error_category
{
public:
    const char* name() const noexcept override { return "spool"; }

    std::string message(int value) const override
    {
        switch (static_cast<errc>(value))
        {
        case errc::closed:
            return "the stream is closed for writing";
        case errc::abandoned:
            return "the writer went away before it closed the stream";
        case errc::read_pending:
            return "a sequential read is already waiting on this reader";
        case errc::gap:
            return "the bytes at this offset are no longer held";
        case errc::size_mismatch:
            return "the bytes written do not match the declared final size";
        case errc::final_size_known:
            return "the final size was declared before";
        case errc::draining:
            return "the stream is being drained and takes no new readers";
        case errc::removed:
            return "the stream was removed";
        case errc::unfinished:
            return "the file was not written to its end";
        case errc::lost:
            return "the storage has lost bytes that it had kept";
        case errc::too_slow:
            return "the reader has held up the writers for too long";
        case errc::timed_out:
            return "the deadline of the operation has passed";
        }
        return "unknown spool error";
    }

    boost::system::error_condition default_error_condition(int value) const noexcept override
    {
        namespace generic = boost::system::errc;
        switch (static_cast<errc>(value))
        {
        case errc::closed:
            return generic::make_error_condition(generic::broken_pipe);
        case errc::abandoned:
            return generic::make_error_condition(generic::connection_aborted);
        case errc::read_pending:
            return generic::make_error_condition(generic::operation_in_progress);
        case errc::timed_out:
            return generic::make_error_condition(generic::timed_out);
        case errc::gap:
        case errc::size_mismatch:
        case errc::final_size_known:
        case errc::draining:
        case errc::removed:
        case errc::unfinished:
        case errc::lost:
        case errc::too_slow:
            break;
        }
        return {value, *this};
    }
};

} // namespace

const boost::system::error_category& error_category() noexcept
{
    static const category instance;
    return instance;
}

} // namespace spool
