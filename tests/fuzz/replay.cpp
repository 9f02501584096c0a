// SPDX-License-Identifier: BSL-1.0
// The corpora as plain tests: each file as it is, and with a few changes that are the same in each
// run.
#include "fuzz/target.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace mde_fuzz;

namespace {

using Corpus = std::map<std::string, std::string>;

const std::filesystem::path corpora = MDE_FUZZ_CORPUS;

Corpus corpus_of(std::string_view target) {
    Corpus corpus;
    for (const auto& entry : std::filesystem::directory_iterator(corpora / target)) {
        std::ifstream in(entry.path(), std::ios::binary);
        corpus[entry.path().filename().string()] =
            std::string(std::istreambuf_iterator<char>(in), {});
    }
    return corpus;
}

/// What the promise was that is not kept; empty if all are.
std::string broken_promise(const Target& target, const std::string& text) {
    try {
        target.run(std::as_bytes(std::span(text)));
    } catch (const std::exception& broken) {
        return broken.what();
    }
    return {};
}

/// Small changes of texts, drawn from a seed: the same everywhere, since only whole numbers of the
/// engine are used.
class Changes {
  public:
    explicit Changes(unsigned seed) : engine_(seed) {}

    std::string change(std::string text, const std::string& other) {
        for (std::size_t times = 1 + below(3); times != 0; --times) change_once(text, other);
        return text;
    }

  private:
    std::size_t below(std::size_t end) { return end == 0 ? 0 : engine_() % end; }
    char any() {
        constexpr std::string_view odd = "\0\xff\r\n\"\\%{}[]:,;/ 09azAZ";
        return below(2) == 0 ? static_cast<char>(engine_()) : odd[below(odd.size())];
    }

    void change_once(std::string& text, const std::string& other) {
        const std::size_t at = below(text.size() + 1);
        const std::size_t size = below((std::min)(text.size() - at, std::size_t(16)) + 1);
        switch (below(6)) {
        case 0: text.insert(at, 1, any()); break;
        case 1: text.erase(at, size); break;
        case 2: text.insert(at, text.substr(at, size)); break;
        case 3: text.resize(at); break;
        case 4: text.replace(at, std::string::npos, other.substr(below(other.size() + 1))); break;
        default:
            if (at < text.size()) text[at] = any();
        }
    }

    std::mt19937 engine_;
};

} // namespace

TEST_CASE("each target keeps its promises for its corpus and for what is near it") {
    constexpr unsigned changes_of_each = 16;
    for (const Target& target : targets()) {
        CAPTURE(target.name);
        const Corpus corpus = corpus_of(target.name);
        REQUIRE_FALSE(corpus.empty());
        Changes changes(7);
        for (auto file = corpus.begin(); file != corpus.end(); ++file) {
            CAPTURE(file->first);
            CHECK(broken_promise(target, file->second) == "");
            const auto next = std::next(file) == corpus.end() ? corpus.begin() : std::next(file);
            for (unsigned i = 0; i < changes_of_each; ++i) {
                CAPTURE(i);
                CHECK(broken_promise(target, changes.change(file->second, next->second)) == "");
            }
        }
    }
}

TEST_CASE("a target whose promise is not kept is told from one that keeps it") {
    const Target kept{"kept", [](Bytes) {}};
    const Target broken{"broken", [](Bytes bytes) { require(bytes.size() != 3, "not three"); }};
    CHECK(broken_promise(kept, "abc") == "");
    CHECK(broken_promise(broken, "ab") == "");
    CHECK(broken_promise(broken, "abc") == "not three");
}

TEST_CASE("the corpora are small and each belongs to a target") {
    std::size_t files = 0;
    std::uintmax_t bytes = 0;
    for (const auto& folder : std::filesystem::directory_iterator(corpora)) {
        const std::string name = folder.path().filename().string();
        CAPTURE(name);
        const auto all = targets();
        CHECK(std::any_of(all.begin(), all.end(),
                          [&](const Target& target) { return target.name == name; }));
        for (const auto& file : std::filesystem::directory_iterator(folder)) {
            ++files;
            bytes += file.file_size();
            CHECK(file.path().filename().string().find(' ') == std::string::npos);
        }
    }
    CHECK(files < 600);
    CHECK(bytes < 300 * 1024);
}
