// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_REQUEST_LOG_FILE_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_REQUEST_LOG_FILE_HPP

/// @file
/// What the emulated service was asked for, as lines in a file.

#include "output.hpp"

#include <mde/base/time.hpp>
#include <mde/model/diagnostics.hpp>

#include <string>

namespace mde_package {

/// One line for each request, in the file as soon as its answer is made: time, stage, status, and
/// `dropped` if the answer never leaves. Nothing of what a request holds, its target neither.
/// Distinct objects: safe, with one file too. Shared objects: unsafe.
class RequestLogFile {
  public:
    /// Appends to the file at `path`; an empty path keeps no log.
    /// @throws UsageError
    explicit RequestLogFile(const std::string& path);
    RequestLogFile(const RequestLogFile&) = delete;
    RequestLogFile& operator=(const RequestLogFile&) = delete;
    ~RequestLogFile();

    void add(mde::UtcTime time, mde::Stage stage, unsigned status, bool dropped);

  private:
    int file_ = -1;
    Output out_;
};

} // namespace mde_package

#endif
