# SPDX-License-Identifier: BSL-1.0
# A port of vcpkg, for the checkout that it lies in: --overlay-ports=.../tests/packaging/vcpkg
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

# Headers are the same for each kind of build.
set(VCPKG_BUILD_TYPE release)
vcpkg_cmake_configure(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS -DMDE_BUILD_TESTS=OFF -DMDE_BUILD_EXAMPLES=OFF -DMDE_INSTALL=ON)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/mde)
vcpkg_fixup_pkgconfig()
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/include/mde/LICENSE_1_0.txt")
