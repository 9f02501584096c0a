# SPDX-License-Identifier: BSL-1.0
"""A recipe of Conan 2, for the checkout that it lies in: conan create tests/packaging/conan"""

import pathlib
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy


class Mde(ConanFile):
    name = "mde"
    description = "Investigation packages out of Microsoft Defender for Endpoint"
    license = "BSL-1.0"
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    no_copy_source = True

    def _root(self):
        return pathlib.Path(self.recipe_folder).resolve().parents[2]

    def set_version(self):
        header = (self._root() / "include/mde/base/version.hpp").read_text(encoding="utf-8")
        self.version = re.search(r'MDE_VERSION_STRING "(.+)"', header)[1]

    def export_sources(self):
        copy(self, "include/mde/*", str(self._root()), self.export_sources_folder)

    def requirements(self):
        self.requires("boost/[>=1.81 <2]", transitive_headers=True, transitive_libs=True)
        self.requires("openssl/[>=3 <4]", transitive_headers=True, transitive_libs=True)

    def validate(self):
        check_min_cppstd(self, 20)

    def package_id(self):
        self.info.clear()

    def package(self):
        copy(self, "include/mde/*", self.source_folder, self.package_folder)

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "mde")
        self.cpp_info.set_property("pkg_config_name", "mde")
        core = self.cpp_info.components["core"]
        core.set_property("cmake_target_name", "mde::core")
        core.requires = ["boost::headers", "boost::json"]
        whole = self.cpp_info.components["mde"]
        whole.set_property("cmake_target_name", "mde::mde")
        whole.requires = ["core", "openssl::openssl"]
        if self.settings.os != "Windows":
            whole.system_libs = ["pthread"]
        for part in (core, whole):
            part.libdirs = []
            part.bindirs = []
