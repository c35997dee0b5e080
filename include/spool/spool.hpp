// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// All of spool but the transfer functions, which need more of Asio: see `spool/transfer.hpp`.

#include <spool/alarm.hpp>
#include <spool/config.hpp>
#include <spool/error.hpp>
#include <spool/fwd.hpp>
#include <spool/options.hpp>
#include <spool/reader.hpp>
#include <spool/retention.hpp>
#include <spool/statistics.hpp>
#include <spool/storage.hpp>
#include <spool/stream.hpp>
#include <spool/view.hpp>
#include <spool/with_deadline.hpp>
