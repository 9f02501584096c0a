// SPDX-License-Identifier: BSL-1.0
#include "request_log_file.hpp"

#include "readers.hpp"
#include "usage_error.hpp"

#include <mde/wire/calendar.hpp>

#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace mde_package {

namespace {

int open_log(const std::string& path) {
    if (path.empty()) return -1;
    const int file =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) refuse("--request-log", "cannot be opened for writing");
    return file;
}

} // namespace

RequestLogFile::RequestLogFile(const std::string& path) : file_(open_log(path)), out_(file_) {}

RequestLogFile::~RequestLogFile() {
    if (file_ >= 0) ::close(file_);
}

void RequestLogFile::add(mde::UtcTime time, mde::Stage stage, unsigned status, bool dropped) {
    if (file_ < 0) return;
    out_.line(std::string(mde::wire::format_date(time)) + ' ' + slug_of(stage) + ' ' +
              std::to_string(status) + (dropped ? " dropped" : ""));
}

} // namespace mde_package
