# SPDX-License-Identifier: BSL-1.0
# cmake -DBUILD=DIRECTORY -P check.cmake      runs the port without vcpkg: what it calls is played by the
# functions below. The package is then found by a consumer. DIRECTORY is made anew.
cmake_minimum_required(VERSION 3.23)
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(CURRENT_PACKAGES_DIR "${BUILD}/packages")
file(REMOVE_RECURSE "${BUILD}")

function(run)
    execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
endfunction()

function(vcpkg_cmake_configure)
    cmake_parse_arguments(PARSE_ARGV 0 port "" "SOURCE_PATH" "OPTIONS")
    run("${CMAKE_COMMAND}" -S "${port_SOURCE_PATH}" -B "${BUILD}/tree" ${port_OPTIONS}
        -DCMAKE_INSTALL_LIBDIR=lib "-DCMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR}")
endfunction()

function(vcpkg_cmake_install)
    run("${CMAKE_COMMAND}" --install "${BUILD}/tree")
endfunction()

# Where all ports have their files for CMake, one folder higher than where they were.
function(vcpkg_cmake_config_fixup)
    cmake_parse_arguments(PARSE_ARGV 0 port "" "CONFIG_PATH" "")
    file(MAKE_DIRECTORY "${CURRENT_PACKAGES_DIR}/share")
    file(RENAME "${CURRENT_PACKAGES_DIR}/${port_CONFIG_PATH}" "${CURRENT_PACKAGES_DIR}/share/mde")
    file(REMOVE "${CURRENT_PACKAGES_DIR}/lib/cmake")
    set(targets "${CURRENT_PACKAGES_DIR}/share/mde/mdeTargets.cmake")
    file(READ "${targets}" text)
    set(up "get_filename_component(_IMPORT_PREFIX \"\${_IMPORT_PREFIX}\" PATH)\n")
    string(REPLACE "${up}${up}" "${up}" text "${text}")
    file(WRITE "${targets}" "${text}")
endfunction()

function(vcpkg_fixup_pkgconfig)
    file(READ "${CURRENT_PACKAGES_DIR}/lib/pkgconfig/mde.pc" text)
    if(NOT text MATCHES "\nName: mde\n")
        message(FATAL_ERROR "there is no pkg-config file")
    endif()
endfunction()

function(vcpkg_install_copyright)
    cmake_parse_arguments(PARSE_ARGV 0 port "" "" "FILE_LIST")
    file(COPY ${port_FILE_LIST} DESTINATION "${CURRENT_PACKAGES_DIR}/share/mde")
endfunction()

include("${CMAKE_CURRENT_LIST_DIR}/portfile.cmake")

file(READ "${CMAKE_CURRENT_LIST_DIR}/vcpkg.json" manifest)
string(JSON version GET "${manifest}" version)
file(STRINGS "${root}/include/mde/base/version.hpp" line REGEX "MDE_VERSION_STRING \"${version}\"")
if(NOT line)
    message(FATAL_ERROR "vcpkg.json is of version ${version}, the headers are not")
endif()
foreach(file IN ITEMS include/mde/https.hpp include/mde/LICENSE_1_0.txt share/mde/LICENSE_1_0.txt
                      share/mde/mdeConfigVersion.cmake)
    if(NOT EXISTS "${CURRENT_PACKAGES_DIR}/${file}")
        message(FATAL_ERROR "the package has no ${file}")
    endif()
endforeach()
run("${CMAKE_COMMAND}" -S "${root}/tests/packaging/cmake" -B "${BUILD}/consumer" -DWAY=find_package
    "-DCMAKE_PREFIX_PATH=${CURRENT_PACKAGES_DIR}" "-DCMAKE_INSTALL_PREFIX=${BUILD}/prefix")
