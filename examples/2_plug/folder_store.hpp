// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_2_PLUG_FOLDER_STORE_HPP
#define MDE_EXAMPLES_2_PLUG_FOLDER_STORE_HPP

/// @file
/// A store of your own, as small as can be: whole packages or none. Two programs that store one
/// package at once are not told apart, as `FileStore` does.

#include <mde/port/package_store.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string>

namespace example {

//[your_store
/// One folder for each case; a package that did not become whole leaves nothing.
struct FolderStore {
    struct Part {
        std::string final, unfinished;
        std::ofstream out{};
        ~Part() { std::remove(unfinished.c_str()); }
    };

    class Writer {
      public:
        explicit Writer(const std::string& final) : part_(new Part{final, final + ".part"}) {}

        mde::error_code begin(const mde::PackagePart&) {
            part_->out = std::ofstream(part_->unfinished, std::ios::binary);
            return outcome(part_->out.good());
        }
        mde::error_code write(std::uint64_t, std::span<const std::byte> bytes) {
            part_->out.write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
            return outcome(part_->out.good());
        }
        mde::error_code commit(const mde::Receipt&) {
            part_->out.close();
            const auto& [final, unfinished, out] = *part_;
            return outcome(out.good() && std::rename(unfinished.c_str(), final.c_str()) == 0);
        }
        void abort() { part_.reset(); }

      private:
        static mde::error_code outcome(bool well) {
            return well ? mde::error_code() : make_error_code(mde::errc::store_failed);
        }
        std::unique_ptr<Part> part_;
    };

    std::string folder;

    mde::result<Writer> open(const mde::PackageKey& key) {
        auto final = (folder + '/').append(key.name().view()).append(key.extension());
        if (std::ifstream(final)) return make_error_code(mde::errc::store_has_package);
        return Writer(final);
    }
};
//]

} // namespace example

#endif
