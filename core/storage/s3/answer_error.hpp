// SPDX-License-Identifier: Apache-2.0
//
// What a store may send in the place of a listing, under a status that says all is well: nothing, a
// proxy's web page, an error, or half of it. A listing that takes these for its end would mark
// captures as missing that are there, as common tools do.

#pragma once

#include <string_view>

namespace nightshift::s3 {

// The messages of these `JobError`s go on after "the store's listing of a/b/ ".

// The answer is a listing, but not a sound one. Transient.
[[noreturn]] void throw_damaged(std::string_view why);

// Throw what is to be said if the body is nothing or HTML. Transient.
void check_looks_like_xml(std::string_view body);

// The answer is an XML document, but another one. Transient.
[[noreturn]] void throw_no_listing(std::string_view root);

// The answer is an <Error>. Transient, unless the code says that it will come again.
[[noreturn]] void throw_error_in_answer(std::string_view code, std::string_view message);

} // namespace nightshift::s3
