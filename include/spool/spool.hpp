// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// All of spool but what needs more of Asio: `spool/transfer.hpp`, `spool/with_deadline.hpp`,
/// `spool/line.hpp`, and `spool/file_storage.hpp`, which needs a file system.

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
