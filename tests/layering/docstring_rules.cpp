// SPDX-License-Identifier: BSL-1.0
// The checker itself, on headers that are made up.

#include "layering/docstring_rules.hpp"

#include <doctest/doctest.h>

using layering::Violations;

namespace {

const std::string file = "/// @file\n/// A link, and when it ends.\n\n";

Violations flaws(const std::string& text) {
    return layering::check_docstrings({{"mde/base/a.hpp", text}});
}

Violations flaws_in_namespace(const std::string& text) {
    return flaws(file + "namespace mde::inline MDE_ABI {\n\n" + text +
                 "\n} // namespace mde::inline MDE_ABI\n");
}

bool names(const Violations& found, const std::string& words) {
    return found.size() == 1 && found[0].find(words) != std::string::npos;
}

} // namespace

TEST_CASE("a header says in a sentence what is in it") {
    CHECK(flaws(file).empty());
    CHECK(flaws("/// @file\n/// `Text` that is\n/// wiped.\n\n").empty());
    CHECK(names(flaws(""), "@file"));
    CHECK(names(flaws("/// @file\n\n/// A link.\n"), "@file"));
    CHECK(names(flaws("/// @file\n/// Links\n"), "@file"));
    CHECK(names(flaws("/// @file\n/// a link.\n"), "@file"));
}

TEST_CASE("what stands at namespace scope has a docstring") {
    for (const std::string code :
         {"struct A {\n    int b;\n};\n", "class A : public B {\n};\n",
          "enum class A {\n    /// Two.\n    b,\n};\n", "int a(int b) {\n    return b;\n}\n",
          "constexpr int a() noexcept { return 1; }\n", "using A = int;\n",
          "using A = B<int,\n            int>;\n", "inline constexpr int a = 1;\n",
          "template <class T>\nconcept A = true;\n",
          "template <class T>\n    requires B<T>\nstruct A {};\n",
          "inline std::optional<int>\na(int b) {\n    return b;\n}\n"}) {
        CAPTURE(code);
        CHECK(flaws_in_namespace("/// A thing.\n" + code).empty());
        CHECK(names(flaws_in_namespace(code), "no '///' before"));
        CHECK(names(flaws_in_namespace("// A thing.\n" + code), "no '///' before"));
        CHECK(names(flaws_in_namespace("/// A thing.\n\n" + code), "no '///' before"));
        CHECK(names(flaws_in_namespace("/// Another.\nstruct B {\n};\n" + code), "no '///'"));
        CHECK(names(flaws_in_namespace("/// Another.\nint b();\n\n" + code), "no '///' before"));
        CHECK(names(flaws_in_namespace(code + "/// Another.\nint b();\n"), "no '///' before"));
        CHECK(names(flaws_in_namespace("/// A thing.\n" + code + "int b();\n"), "'int b();'"));
    }
}

TEST_CASE("enumerators have docstrings") {
    const std::string code =
        "/// Numbers.\nenum class A {\n    /// One,\n    /// or less.\n    b = 1,\n    c,\n};\n";
    CHECK(names(flaws_in_namespace(code), "a.hpp:11: no '///' before the enumerator"));
    CHECK(
        flaws_in_namespace("namespace detail {\n\n" + code + "\n} // namespace detail\n").empty());
}

TEST_CASE("the rows of a table are whole") {
    const std::string code = "/// Pairs.\n///\n/// | a | b |\n/// | --- | --- |\n";
    CHECK(flaws_in_namespace(code + "/// | c | d |\nint a();\n").empty());
    CHECK(names(flaws_in_namespace(code + "/// | c | d\n/// | | e | f |\nint a();\n"),
                "a row of a table is broken"));
}

TEST_CASE("details and words for the compiler need no docstring") {
    CHECK(flaws_in_namespace("namespace detail {\n\nint a();\n\n} // namespace detail\n").empty());
    CHECK(flaws_in_namespace("namespace needed {\n\nint a();\n\n} // namespace needed\n").empty());
    CHECK(names(flaws_in_namespace("namespace detail {\n} // namespace detail\nint a();\n"),
                "no '///' before 'int a();'"));
    CHECK(names(flaws_in_namespace("namespace literals {\n\nint a();\n\n} // namespace literals\n"),
                "no '///' before 'int a();'"));
    CHECK(flaws(file + "namespace mde::inline MDE_ABI::detail {\n\nint a();\n\n"
                       "} // namespace mde::inline MDE_ABI::detail\n")
              .empty());
    CHECK(layering::check_docstrings({{"mde/base/detail/a.hpp", "int a();\n"}}).empty());
}

TEST_CASE("what is explained elsewhere needs no docstring here") {
    CHECK(flaws_in_namespace("struct A;\n").empty());
    CHECK(flaws_in_namespace("static_assert(B<A>);\n").empty());
    CHECK(flaws_in_namespace("inline int detail::A::b() {\n    return 1;\n}\n").empty());
    CHECK(flaws_in_namespace("namespace net = boost::asio;\n").empty());
    CHECK(flaws_in_namespace("template <class T>\nint A<T>::b() {\n    return 1;\n}\n").empty());
    CHECK(flaws_in_namespace("MDE_INSTANCE A<int>;\n").empty());
    CHECK(flaws_in_namespace("#if MDE_DEFINITIONS\nint a() {\n}\n#endif\n").empty());
    CHECK(names(flaws_in_namespace("#if MDE_DEFINITIONS\n#endif\nint a();\n"), "'int a();'"));
    CHECK(flaws(file + "template <>\nstruct boost::A<mde::B> : std::true_type {};\n").empty());
}
