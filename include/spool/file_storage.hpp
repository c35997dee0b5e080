// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// A storage in a file.

#include <spool/detail/open_operation.hpp>
#include <spool/storage.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/deferred.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <utility>

namespace spool {

namespace detail {
class kept_file;
} // namespace detail

/// How a file storage begins.
enum class file_mode : std::uint8_t
{
    create,  ///< A new file: neither the name is there, nor an unfinished file of that name.
    replace, ///< A new file in the place of what is there; an unfinished one is deleted at once.
    resume,  ///< Goes on where an unfinished file ends; a new file if there is none.
    open,    ///< A finished file, to read it.
};

/// When a file appears under its name.
enum class publication : std::uint8_t
{
    on_finish, ///< When it is finished; until then it is called `NAME.partial`.
    in_place,  ///< At once; until it is finished, there is `NAME.unfinished`, too.
};

/// Keeps the bytes of a stream in a file, as they are: byte 0 of the stream is byte 0 of the file.
///
/// A file is finished when its stream is closed. With `publication::on_finish` it then gets its name, in
/// one step and after it was synced: whoever finds the name finds the whole. An unfinished one is never
/// taken for a finished one, and can be resumed after the process or the machine has failed: then it ends
/// behind the last byte that is known to be right, and every byte that had been acknowledged at a level
/// which survives that is there. For this `NAME.records` stands beside it while it is written.
///
/// Bytes that are discarded give back their space as holes of whole blocks, where the file system can make
/// them. That is done when it is worth two syncs, which it costs: when a quarter of what is kept can go,
/// and 256 blocks (most often 1 MiB; at most 16 MiB), and when the file is finished. `base()` is the end of
/// the hole, so it is up to so much less than what was discarded; what lies below it is an error to read
/// (`errc::lost`), never zeros. The hole is made after it is known on the disk, so that holds after every
/// crash. What is discarded of a finished file stays until the file is removed.
///
/// A finished file that has lost bytes so is still one file, with every other byte at its offset, and can
/// be renamed and copied. It says itself where its bytes begin: it has 32 bytes of a mark at offset 0,
/// which the stream has forgotten, and 32 more behind the end of the stream. Opened, one without either is
/// `errc::lost`. A stream that keeps everything gets the mark at the end only if its own bytes look like
/// a mark, which none does by chance; all others are in their files as they are.
///
/// While a large file is written, space is taken ahead for what comes: an eighth of what is kept, at most
/// 8 MiB. The size of the file does not show it, and the rest is given back when the file is finished or
/// resumed. Where the file system cannot do that, or has not so much, files are written without.
///
/// A storage that writes locks its file, so that no other one writes it, in this process or in another.
/// It needs a file system with POSIX semantics that has `flock`. One descriptor is open, two while the
/// file is written.
///
/// `remove` leaves a file alone that has taken the name of this one meanwhile; except in the moment between
/// the look and the removal, because no system call does both.
///
/// A stream closes its file where it calls its storage, so somewhat later than its last handle ends; until
/// then the file is locked.
///
/// It is *closed* if it has no file: made without arguments, moved from, or after an error. Every call that
/// reports errors gives `bad_descriptor` then.
///
/// The constructors block: they open, lock, and with `file_mode::resume` read what was not synced. A
/// program that must not wait for a disk opens with `async_open`.
class file_storage final : public storage
{
public:
    /// Makes a closed one.
    file_storage() noexcept;
    /// Opens a file.
    /// @throws boost::system::system_error `file_exists` if the mode does not allow what is there, or an
    /// unfinished file was begun with the other publication; `errc::unfinished` for the mode `open`;
    /// `device_or_resource_busy` if another storage is writing it, or reads what would be replaced in
    /// place; `errc::lost` if an unfinished file is shorter than what was synced, or what says where a file
    /// begins is damaged; any error of the system.
    /// @param name The name of the finished file; one that is relative means the folder that is the
    /// working directory now.
    /// @param mode How to begin.
    /// @param when When the file appears under its name; to resume, as it was begun.
    explicit file_storage(
        const std::filesystem::path& name,
        file_mode mode,
        publication when = publication::on_finish);
    /// Opens a file that appears under its name when it is finished.
    /// @param name The name of the finished file.
    /// @param mode How to begin.
    /// @param ec Set to the error instead; the storage is closed then.
    file_storage(const std::filesystem::path& name, file_mode mode, error_code& ec)
        : file_storage(name, mode, publication::on_finish, ec)
    {
    }
    /// Opens a file.
    /// @param name The name of the finished file.
    /// @param mode How to begin.
    /// @param when When the file appears under its name; to resume, as it was begun.
    /// @param ec Set to the error instead; the storage is closed then.
    file_storage(
        const std::filesystem::path& name, file_mode mode, publication when, error_code& ec);
    /// The same, with system calls of a test.
    file_storage(
        const std::filesystem::path& name,
        file_mode mode,
        publication when,
        detail::file_calls& calls);
    /// Takes over the file of another storage, which is closed then.
    file_storage(file_storage&& other) noexcept;
    /// Closes its file and takes over that of another storage.
    file_storage& operator=(file_storage&& other) noexcept;
    /// Closes the file; an unfinished one can be resumed.
    ~file_storage() override;

    /// Opens a file as the constructor does, but where that may take its time: no executor that runs
    /// handlers waits for a disk.
    /// @par Concurrency
    /// Any number of openings may be pending.
    /// @par Completion signature
    /// `void(error_code, spool::file_storage)`, a closed one with an error.
    /// @par Executor
    /// The handler runs on its associated executor, by default the one given; never inside this call.
    /// The file is opened on the executor for blocking calls. So is it closed there if nobody gets it,
    /// because the operation was cancelled or the execution context has ended; the storage that a handler
    /// gets is closed by whoever destroys it, so give it to a stream.
    /// @par Per-operation cancellation
    /// Terminal, partial and total, until the file is open: `operation_aborted` at once. The opening may
    /// go on; what it opens is closed again, and deleted if it is new, so that nothing is left of it. What
    /// does not come back is what the mode had removed: with `replace` an unfinished file, and in place
    /// the old one too; with `resume` bytes that are not known to be right. Emit the signal on the executor
    /// of the handler, as for all composed operations of Asio.
    /// @par Errors
    /// Those that the constructor throws; `no_memory`.
    /// @par Example
    /// `spool::stream out(context, co_await spool::file_storage::async_open(context, name, mode));`
    /// @param on Runs the handler by default: an executor, or an execution context.
    /// @param name The name of the finished file.
    /// @param mode How to begin.
    /// @param token The completion token.
    template <
        detail::executor_source Source,
        detail::token_for<file_storage> Token = detail::default_token>
    static auto async_open(
        Source&& on, std::filesystem::path name, file_mode mode, Token&& token = asio::deferred)
    {
        return async_open(
            on, std::move(name), mode, publication::on_finish, std::forward<Token>(token));
    }
    /// @copydoc async_open(Source&&,std::filesystem::path,file_mode,Token&&)
    /// @param when When the file appears under its name; to resume, as it was begun.
    template <
        detail::executor_source Source,
        detail::token_for<file_storage> Token = detail::default_token>
    static auto async_open(
        Source&& on,
        std::filesystem::path name,
        file_mode mode,
        publication when,
        Token&& token = asio::deferred)
    {
        return async_open(on, std::move(name), mode, when, {}, std::forward<Token>(token));
    }
    /// @copydoc async_open(Source&&,std::filesystem::path,file_mode,publication,Token&&)
    /// @param blocking_executor Where the file is opened: see `options`.
    template <
        detail::executor_source Source,
        detail::token_for<file_storage> Token = detail::default_token>
    static auto async_open(
        Source&& on,
        std::filesystem::path name,
        file_mode mode,
        publication when,
        asio::any_io_executor blocking_executor,
        Token&& token = asio::deferred)
    {
        return detail::start_opening<file_storage>(
            detail::executor_of(on),
            {std::move(name), mode, when, std::move(blocking_executor)},
            token);
    }

    std::uint64_t size() const noexcept override;
    std::uint64_t base() const noexcept override;
    bool finished() const noexcept override;
    void write(std::uint64_t offset, asio::const_buffer bytes, error_code& ec) override;
    std::size_t read(std::uint64_t offset, asio::mutable_buffer bytes, error_code& ec) override;
    void sync(error_code& ec) override;
    void discard(std::uint64_t end, error_code& ec) override;
    void finish(error_code& ec) override;
    void remove(error_code& ec) override;
    int native_handle() const noexcept override;

private:
    friend class detail::open_operation<file_storage>;

    file_storage(
        const std::filesystem::path& name,
        file_mode mode,
        publication when,
        detail::file_calls& calls,
        error_code& ec);
    file_storage(detail::file_opening& opened, error_code& ec) noexcept;
    bool is_open(error_code& ec) const noexcept;

    std::unique_ptr<detail::kept_file> file_;
};

} // namespace spool
