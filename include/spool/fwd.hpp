// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// Forward declarations of every public class.

namespace spool {

class stream;
class reader;
class view;

} // namespace spool
