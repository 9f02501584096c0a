// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_HOSTILE_LINKS_HPP
#define MDE_TESTS_SUPPORT_HOSTILE_LINKS_HPP

/// @file
/// What an attacker who can choose a link would write, and how each is refused. One table for the
/// codec, the policy, every flow that redeems links, and the real transport.

#include <mde/base/bounds.hpp>
#include <mde/base/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mde_test {

struct HostileLink {
    std::string text;
    /// `malformed_link`: it is none. `link_not_allowed`: it is one, and leads where nobody goes.
    mde::errc refusal = mde::errc::malformed_link;
};

/// `good` is a host that the policy under test allows at `port`. What could reach a server on this
/// machine names `port` too, so that one who listens there would see it.
inline std::vector<HostileLink> hostile_links(const std::string& good, const std::string& port) {
    const std::string path = "/safedownload/x.zip?token=abc";
    const auto none = mde::errc::malformed_link;
    const auto elsewhere = mde::errc::link_not_allowed;
    std::vector<HostileLink> all;
    const auto add = [&](std::string text, mde::errc refusal) {
        all.push_back({std::move(text), refusal});
    };
    const auto add_host = [&](const std::string& host, mde::errc refusal) {
        add("https://" + host + ":" + port + path, refusal);
    };

    // Other schemes.
    for (const char* scheme :
         {"http", "ftp", "file", "HTTP", "ws", "wss", "httpss", "ttps", "gopher"})
        add(std::string(scheme) + "://" + good + ":" + port + path, none);
    for (const char* beginning : {"//", "", "/", "https:", "https:/", "https:///", "https:\\\\",
                                  " https://", "https ://", "\"https://", "javascript:https://"})
        add(beginning + good + ":" + port + path, none);
    add("data:application/zip;base64,UEsFBgAA", none);
    add("file:///etc/passwd", none);

    // Other hosts, those among them that look like a good one.
    for (const char* host : {"evil.example", "localhost", "localhost.localdomain", "metadata",
                             "metadata.google.internal", "xn--mcrosoft-tkb.example"})
        add_host(host, elsewhere);
    add_host(good + ".evil.example", elsewhere);
    // What is glued to a domain is not below it.
    const std::string domain =
        good.substr(good.find('.') == std::string::npos ? 0 : good.find('.') + 1);
    add_host("evil" + domain, elsewhere);
    add_host("evil-" + domain, elsewhere);
    add_host(domain + "-evil.example", elsewhere);
    add_host("blob.core.windows.net.evil.example", elsewhere);
    add_host("evilblob.core.windows.net", elsewhere);
    add_host("a.blob.core.windows.net.evil.example", elsewhere);
    add_host("asecuritycenter.windows.com", elsewhere);
    add_host("127.0.0.1." + good + ".evil.example", elsewhere);
    add_host(good + ".", none);
    add_host(good + "..", none);
    add_host("." + good, none);
    add_host("a.." + good, none);
    add_host("", none);
    add_host(".", none);
    add_host("..", none);

    // This machine and its network, in every base that a resolver reads.
    for (const char* host : {"127.0.0.1",
                             "127.1",
                             "127.0.1",
                             "2130706433",
                             "0x7f000001",
                             "0x7f.1",
                             "0X7F.0.0.0x1",
                             "0177.0.0.1",
                             "0177.1",
                             "017700000001",
                             "127.0.0.01",
                             "127.000.000.001",
                             "0",
                             "0.0.0.0",
                             "10.0.0.1",
                             "192.168.0.1",
                             "172.16.0.1",
                             "169.254.169.254",
                             "2852039166",
                             "0xa9fea9fe",
                             "168.63.129.16",
                             "4294967295",
                             "99999999999",
                             "1.2.3.4.5",
                             "256.256.256.256"})
        add_host(host, elsewhere);
    for (const char* host :
         {"[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]",
          "[fe80::1%25lo]", "[fe80::1%lo]", "[64:ff9b::7f00:1]", "[v1.a]", "[]", "[", "]", "::1"})
        add_host(host, none);

    // Names that are not ASCII, and what passes for a dot there.
    for (const char* host :
         {"b\xc3\xbc"
          "cher.example",
          "\xe2\x84\xa1.example",
          "127\xe3\x80\x82"
          "0.0.1",
          "127\xef\xbc\x8e"
          "0\xef\xbc\x8e"
          "0\xef\xbc\x8e"
          "1",
          "evil\xef\xbc\x8f.example", "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1",
          "\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1", "evil.example\xe2\x80\x8b",
          "\xe2\x80\xae"
          "elpmaxe.live"})
        add_host(host, none);

    // Escapes in the host.
    for (const char* host : {"%31%32%37.0.0.1", "127%2e0%2e0%2e1", "evil.example%2f",
                             "evil.example%00", "%65vil.example", "evil.example%23",
                             "evil.example%40", "%0d%0aX-A:b", "evil.example%5c", "%"})
        add_host(host + std::string(".") + good, none);

    // Users.
    for (const char* user :
         {"u@", "u:p@", "@", ":@", "evil.example@", "evil.example:443@", "%40@", "a@b@"})
        add("https://" + (user + good) + ":" + port + path, none);
    add("https://" + good + "@evil.example:" + port + path, none);
    add("https://" + good + ":" + port + "@127.0.0.1:" + port + path, none);
    add("https://" + good + ":443@[::1]:" + port + path, none);
    add("https://" + good + "\\@evil.example" + path, none);
    add("https://" + good + "#@evil.example" + path, none);
    add("https://" + good + "?@evil.example" + path, none);
    add("https://" + good + "%40evil.example:" + port + path, none);

    // Ports.
    for (const char* text : {"",
                             "0",
                             "00",
                             "0443",
                             "-1",
                             "+443",
                             " 443",
                             "443 ",
                             "65536",
                             "65979",
                             "99999",
                             "4294967739",
                             "18446744073709552059",
                             "0x1bb",
                             "443:443",
                             "443:80",
                             ":443",
                             "443a",
                             "%34%34%33",
                             "443@evil.example",
                             "\xd9\xa4"
                             "43"})
        add("https://" + good + ":" + text + path, none);
    for (const char* text : {"1", "80", "8080", "444", "65535"})
        if (text != port) add("https://" + good + ":" + text + path, elsewhere);

    // Bytes that would end a line, a text or a path too early.
    for (const char* bytes : {"\r\nX-Injected: 1",
                              "\r",
                              "\n",
                              "\t",
                              " ",
                              "\\",
                              "\"",
                              "<",
                              ">",
                              "^",
                              "`",
                              "{",
                              "|",
                              "}",
                              "\x7f",
                              "\x1b[2J",
                              "\xc2\x85",
                              "\xe2\x80\xa8",
                              "#",
                              "#x",
                              "%",
                              "%2",
                              "%zz",
                              "[",
                              "]"}) {
        add("https://" + good + ":" + port + "/a" + bytes, none);
        add("https://" + good + ":" + port + "/?token=a" + bytes, none);
        // Some of these end the authority for one reader and not for another.
        add("https://evil.example" + (bytes + good) + ":" + port + path, none);
    }
    for (const char* bytes : {"\0", "\0.evil.example"}) {
        const std::string_view zero(bytes, bytes[1] == '\0' ? 1 : 14);
        add("https://" + good + std::string(zero) + ":" + port + path, none);
        add("https://" + good + ":" + port + path + std::string(zero), none);
    }

    // Sizes.
    const std::string front = "https://" + good + ":" + port + "/?token=";
    add(front + std::string(mde::bounds::link + 1 - front.size(), 'a'), none);
    add(front + std::string(64 * mde::bounds::kib, 'a'), none);
    add("https://" + std::string(64 * mde::bounds::kib, 'a') + path, none);
    add("https://" + std::string(250, 'a') + "." + good + path, none);
    add("https://" + good + ":" + std::string(64 * mde::bounds::kib, '4') + path, none);
    add("https://" + good, none);
    add("https://" + good + ":" + port, none);
    add("https://" + good + ":" + port + "?token=a", none);
    return all;
}

/// A link in a text that shows it: without what a terminal or JSON would take for something else.
inline std::string name_of(const HostileLink& link) {
    std::string shown;
    for (const char c : link.text.substr(0, 120)) shown += c >= 0x20 && c < 0x7f ? c : '?';
    return shown;
}

} // namespace mde_test

#endif
