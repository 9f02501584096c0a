// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_OBSTACLES_HPP
#define MDE_TESTS_SUPPORT_OBSTACLES_HPP

/// @file
/// What an attacker who may write into a directory puts at a name before we get there.

#include "support/temporary_directory.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mde_test {

enum class Obstacle {
    link_to_file,
    link_to_nothing,
    link_to_directory,
    link_to_device,
    link_to_itself,
    hard_link,
    hard_link_to_empty,
    pipe,
    socket,
    directory,
    full_directory,
    readable_file,
    /// Only where we may make one; a pipe in its place elsewhere.
    device,
};

inline constexpr std::array all_obstacles{
    Obstacle::link_to_file,
    Obstacle::link_to_nothing,
    Obstacle::link_to_directory,
    Obstacle::link_to_device,
    Obstacle::link_to_itself,
    Obstacle::hard_link,
    Obstacle::hard_link_to_empty,
    Obstacle::pipe,
    Obstacle::socket,
    Obstacle::directory,
    Obstacle::full_directory,
    Obstacle::readable_file,
    Obstacle::device,
};

constexpr std::string_view name_of(Obstacle obstacle) noexcept {
    switch (obstacle) {
    case Obstacle::link_to_file: return "a link to a file";
    case Obstacle::link_to_nothing: return "a link to nothing";
    case Obstacle::link_to_directory: return "a link to a directory";
    case Obstacle::link_to_device: return "a link to a device";
    case Obstacle::link_to_itself: return "a link to itself";
    case Obstacle::hard_link: return "a hard link";
    case Obstacle::hard_link_to_empty: return "a hard link to an empty file";
    case Obstacle::pipe: return "a pipe";
    case Obstacle::socket: return "a socket";
    case Obstacle::directory: return "a directory";
    case Obstacle::full_directory: return "a directory that is not empty";
    case Obstacle::readable_file: return "a file that everybody may write to";
    case Obstacle::device: return "a device";
    }
    return "";
}

/// Somebody else's files, and ways to lead us to them.
class Elsewhere {
  public:
    explicit Elsewhere(const std::string& content = "precious") {
        directory_.write("file", content);
        directory_.write("empty", "");
        std::filesystem::create_directory(directory_.file("directory"));
        for (const char* name : {"file", "empty"})
            if (::chmod(directory_.file(name).c_str(), 0600) != 0)
                throw std::runtime_error("cannot be made private");
        before_ = look();
    }

    void put(Obstacle obstacle, const std::string& path) const {
        const std::string victim = directory_.file("file");
        bool ok = true;
        switch (obstacle) {
        case Obstacle::link_to_file: ok = ::symlink(victim.c_str(), path.c_str()) == 0; break;
        case Obstacle::link_to_nothing:
            ok = ::symlink(directory_.file("new").c_str(), path.c_str()) == 0;
            break;
        case Obstacle::link_to_directory:
            ok = ::symlink(directory_.file("directory").c_str(), path.c_str()) == 0;
            break;
        case Obstacle::link_to_device: ok = ::symlink("/dev/zero", path.c_str()) == 0; break;
        case Obstacle::link_to_itself: ok = ::symlink(path.c_str(), path.c_str()) == 0; break;
        case Obstacle::hard_link: ok = ::link(victim.c_str(), path.c_str()) == 0; break;
        case Obstacle::hard_link_to_empty:
            ok = ::link(directory_.file("empty").c_str(), path.c_str()) == 0;
            break;
        case Obstacle::pipe: ok = ::mkfifo(path.c_str(), 0600) == 0; break;
        case Obstacle::socket: ok = make_socket(path); break;
        case Obstacle::directory: ok = ::mkdir(path.c_str(), 0700) == 0; break;
        case Obstacle::full_directory:
            ok = ::mkdir(path.c_str(), 0700) == 0 && ::mkdir((path + "/x").c_str(), 0700) == 0;
            break;
        case Obstacle::readable_file: ok = make_readable(path); break;
        case Obstacle::device:
            ok = ::mknod(path.c_str(), S_IFCHR | 0600, ::makedev(1, 5)) == 0 ||
                 ::mkfifo(path.c_str(), 0600) == 0;
            break;
        }
        if (!ok) throw std::runtime_error("no obstacle at " + path);
    }

    /// Nothing was written, made, removed, or given other permissions.
    bool is_untouched() const { return look() == before_; }

  private:
    static bool make_socket(const std::string& path) {
        const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const std::size_t slash = path.rfind('/');
        const int folder = ::open(path.substr(0, slash).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
        // The whole path may be longer than an address may be.
        const std::string shorter = "/proc/self/fd/" + std::to_string(folder) + path.substr(slash);
        ::sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (shorter.size() >= sizeof address.sun_path) return false;
        shorter.copy(address.sun_path, shorter.size());
        const bool ok =
            ::bind(socket, reinterpret_cast<::sockaddr*>(&address), sizeof address) == 0;
        ::close(socket);
        ::close(folder);
        return ok;
    }

    static bool make_readable(const std::string& path) {
        std::ofstream(path) << "planted";
        return ::chmod(path.c_str(), 0666) == 0;
    }

    std::map<std::string, std::string> look() const {
        std::map<std::string, std::string> found;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path())) {
            struct ::stat status {};
            ::lstat(entry.path().c_str(), &status);
            found[entry.path()] = std::to_string(status.st_mode) + ' ' +
                                  (S_ISREG(status.st_mode) ? contents_of(entry.path()) : "");
        }
        return found;
    }

    TemporaryDirectory directory_;
    std::map<std::string, std::string> before_;
};

/// The process is killed, which fails the test, if this object lives for long.
class Watchdog {
  public:
    Watchdog() { ::alarm(60); }
    Watchdog(const Watchdog&) = delete;
    ~Watchdog() { ::alarm(0); }
};

/// True for a file that is nothing but one.
inline bool is_plain_file(const std::string& path) {
    struct ::stat status {};
    return ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 1;
}

} // namespace mde_test

#endif
