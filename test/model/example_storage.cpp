// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The example is a program on one screen and stays that: what is tested is its storage, as users see it.

// Its main is a function like others here, and those must return something.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wreturn-type"
#define main main_of_the_example
#include "../../example/09_own_storage.cpp"
#undef main
#pragma GCC diagnostic pop

#include "operation.hpp"
#include "storages.hpp"

namespace spool::test {

namespace {

class in_example final : public kept_storage
{
public:
    stream make(const asio::any_io_executor& executor, const options& chosen) override
    {
        return stream(executor, memory_storage(kept_), chosen);
    }

    bool is_removed() const override { return kept_->bytes.empty(); }

    void check(std::string_view bytes, bool is_whole) const override
    {
        expect(kept_.use_count() == 1, "the storage was not closed");
        expect(kept_->bytes == bytes, "the bytes in the storage");
        expect(kept_->is_whole == is_whole, "whether the storage is finished");
    }

private:
    const std::shared_ptr<kept> kept_ = std::make_shared<kept>();
};

} // namespace

std::unique_ptr<kept_storage> make_example_storage()
{
    return std::make_unique<in_example>();
}

} // namespace spool::test
