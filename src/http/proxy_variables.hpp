#pragma once

#include <string>
#include <string_view>

namespace gossamer::http {

/// For messages: which variable of the environment has libcurl go through a proxy to `origin`, as
/// in ` through the proxy of https_proxy`. Empty: none. Whether no_proxy excepts the host only
/// libcurl knows, so with it set the words say perhaps. Never what the variable holds, which may be
/// a password.
std::string shown_proxy(std::string_view origin);

}  // namespace gossamer::http
