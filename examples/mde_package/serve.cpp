// SPDX-License-Identifier: BSL-1.0
// The emulated service as a server of its own.

#include "commands.hpp"
#include "exit_codes.hpp"
#include "service.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/system_error.hpp>

#include <cerrno>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

namespace mde_package {

namespace {

/// A certificate is public; who may replace the file decides whom clients trust.
bool write_file(const std::string& path, std::string_view text) {
    const int file =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (file < 0) return false;
    Output out(file);
    out.write(text);
    return ::close(file) == 0 && out.ok();
}

/// Everything that is needed to call the service, but for the secret, which the caller knows.
std::string json_about(const Service& service, const Options& options) {
    const ServiceOptions& own = options.service;
    boost::json::object line{{"endpoint", service.url()}, {"authority", service.url()},
                             {"port", service.port()},    {"linkHost", service.link_host()},
                             {"caFile", own.ca_out},      {"tenantId", own.tenant},
                             {"clientId", own.client_id}};
    if (const auto port = service.metadata_port()) {
        line["metadataEndpoint"] = "127.0.0.1:" + std::to_string(*port);
        line["metadataPort"] = *port;
    }
    return boost::json::serialize(line);
}

std::string line_about(const Service& service, const Options& options) {
    if (options.json) return json_about(service, options);
    const ServiceOptions& own = options.service;
    std::string line = "serving: --endpoint " + service.url() + " --authority " + service.url() +
                       " --ca-file " + own.ca_out + " --allow-link-host " + service.link_host() +
                       " --tenant-id " + own.tenant + " --client-id " + own.client_id;
    if (const auto port = service.metadata_port())
        line += " --metadata-endpoint 127.0.0.1:" + std::to_string(*port);
    return line;
}

} // namespace

int run_serve(Stage& stage, const Options& options) {
    try {
        Service service(stage.context, options.service);
        if (!write_file(options.service.ca_out, service.ca_pem())) {
            show_error(stage,
                       "mde-package: serve: --ca-out cannot be written; choose another file");
            return exits::store;
        }
        bool stopped = false;
        stage.stop.slot().assign([&](boost::asio::cancellation_type) { stopped = true; });
        stage.out.line(line_about(service, options));
        if (!stage.out.ok()) return exits::other;
        while (!stopped && stop_requested() == 0) stage.context.run_one();
        service.stop();
        return exits::success;
    } catch (const boost::system::system_error& error) {
        show_error(stage, error_line("serve", error.code(), {}));
        return exits::network;
    }
}

} // namespace mde_package
