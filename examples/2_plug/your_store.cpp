// SPDX-License-Identifier: BSL-1.0
// A store of your own: see folder_store.hpp. Here it takes a package.

#include "emulator.hpp"

#include "folder_store.hpp"
#include "no_network.hpp"

#include <filesystem>
#include <iostream>
#include <string>

int main() {
    example::NoNetwork service;
    const example::TemporaryStore directory;
    const std::string folder = directory.path() + "/case 4711";
    std::filesystem::create_directory(folder);
    example::FolderStore store{folder};
    mde::NoObserver observer;

    const auto receipt = service.collect(store, observer);
    if (!receipt) {
        std::cerr << "no package: " << receipt.error().message() << '\n';
        return 1;
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        std::cout << entry.path().filename().string() << ' ' << entry.file_size() << '\n';
    return 0;
}
