#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""check.py SOURCE      runs the recipe without Conan: what it takes from there is played by what stands
here. The package must hold the headers, their version and the names of the targets."""

import collections
import pathlib
import shutil
import sys
import tempfile
import types


class Component:
    def __init__(self):
        self.properties = {}
        self.requires = self.system_libs = self.libdirs = self.bindirs = None

    def set_property(self, name, value):
        self.properties[name] = value


class CppInfo(Component):
    def __init__(self):
        super().__init__()
        self.components = collections.defaultdict(Component)


class ConanFile:
    def __init__(self, work, recipe_folder):
        self.recipe_folder = str(recipe_folder)
        self.export_sources_folder = self.source_folder = str(work / "sources")
        self.package_folder = str(work / "package")
        self.cpp_info = CppInfo()
        self.settings = types.SimpleNamespace(os="Linux")
        self.required = []
        self.least_standard = None

    def requires(self, reference, **_):
        self.required.append(reference)


def copy(_, pattern, source, target):
    """Like Conan's: a star stands for folders, too."""
    folder = pattern.removesuffix("*")
    shutil.copytree(pathlib.Path(source, folder), pathlib.Path(target, folder))


def check_min_cppstd(recipe, standard):
    recipe.least_standard = standard


def load(path):
    modules = {"conan": {"ConanFile": ConanFile}, "conan.tools": {},
               "conan.tools.build": {"check_min_cppstd": check_min_cppstd}, "conan.tools.files": {"copy": copy}}
    for name, content in modules.items():
        module = types.ModuleType(name)
        vars(module).update(content)
        sys.modules[name] = module
    scope = {}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), scope)
    return scope["Mde"]


def main():
    source = pathlib.Path(sys.argv[1]).resolve()
    folder = source / "tests/packaging/conan"
    with tempfile.TemporaryDirectory() as work:
        recipe = load(folder / "conanfile.py")(pathlib.Path(work), folder)
        recipe.set_version()
        recipe.export_sources()
        recipe.requirements()
        recipe.validate()
        recipe.package()
        recipe.package_info()
        packaged = {path.name for path in pathlib.Path(recipe.package_folder, "include/mde").iterdir()}
        ours = {path.name for path in (source / "include/mde").iterdir()}
        version = (source / "include/mde/base/version.hpp").read_text(encoding="utf-8")
        targets = {part.properties["cmake_target_name"] for part in recipe.cpp_info.components.values()}
        assert packaged == ours and "LICENSE_1_0.txt" in packaged, packaged ^ ours
        assert f'MDE_VERSION_STRING "{recipe.version}"' in version, recipe.version
        assert targets == {"mde::core", "mde::mde"}, targets
        assert [name.split("/")[0] for name in recipe.required] == ["boost", "openssl"], recipe.required
        assert recipe.least_standard == 20
        assert recipe.cpp_info.components["mde"].requires[0] == "core"
    return 0


if __name__ == "__main__":
    sys.exit(main())
