// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The opening of a file away from the executors that run handlers.
//
// A composed operation of one step. It must wait for a job elsewhere as a read waits for bytes: with
// cancellation, work, and the end of an execution context. So what it waits for is the end of a stream that
// nobody else knows, and the job closes that.

#include <spool/detail/writer_state.hpp>
#include <spool/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/compose.hpp>

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <utility>

namespace spool {

enum class file_mode : std::uint8_t;
enum class publication : std::uint8_t;

namespace detail {

class file_calls;
class file_opening;

// Where handlers run: an executor, or the context that has it.
template <class T>
concept executor_source =
    execution_context<T> || std::convertible_to<const T&, asio::any_io_executor>;

template <executor_source Source>
asio::any_io_executor executor_of(Source& source)
{
    if constexpr (execution_context<Source>)
        return source.get_executor();
    else
        return source;
}

struct open_request
{
    std::filesystem::path name_;
    file_mode mode_;
    publication when_;
    asio::any_io_executor blocking_;
    file_calls* calls_ = nullptr; // those of the system
};

// Has the file opened where that may block; `executor` is where the end of it is told.
std::shared_ptr<file_opening>
begin_opening(const asio::any_io_executor& executor, open_request&& request);
writer_state& writer_of(file_opening& o) noexcept;

// `File` is `file_storage`, which is not complete here.
template <class File>
class open_operation
{
public:
    open_operation(const asio::any_io_executor& executor, open_request&& request)
        : executor_(executor), request_(std::move(request))
    {
    }

    template <class Self>
    void operator()(Self& self)
    {
        self.reset_cancellation_state(asio::enable_total_cancellation());
        opening_ = begin_opening(executor_, std::move(request_));
        asio::async_initiate<Self, void(error_code)>(
            initiate_drain(writer_of(*opening_), true), self);
    }

    template <class Self>
    void operator()(Self& self, error_code ec)
    {
        File file;
        if (!ec)
            file = File(*opening_, ec);
        opening_.reset();
        self.complete(ec, std::move(file));
    }

private:
    asio::any_io_executor executor_;
    open_request request_;
    std::shared_ptr<file_opening> opening_;
};

template <class File, class Token>
auto start_opening(const asio::any_io_executor& executor, open_request request, Token& token)
{
    return asio::async_compose<Token, void(error_code, File)>(
        open_operation<File>(executor, std::move(request)), token, executor);
}

} // namespace detail

} // namespace spool
