// The token that lets in by TCP: made, and found for the readers.

#include <fmt/format.h>

#include <filesystem>

#include "admin_client.hpp"
#include "commands.hpp"
#include "environment.hpp"
#include "gossamer/admin_channel.hpp"

namespace gossamer::cli {

int make_admin_token(const std::string& path, bool is_json) {
  const auto made = write_new_admin_token_file(path);
  if (!made) return complain(kFailed, made.error().detail);
  if (is_json) {
    print_line(examples::Json{{"ok", true}, {"file", path}}.dump(
        -1, ' ', false, examples::Json::error_handler_t::replace));
  } else {
    print_line(fmt::format("made {}: for the node's --admin-token-file, and for who may command it",
                           path));
  }
  return 0;
}

int ReaderArguments::check_admin() const {
  if (admin.empty() || parse_endpoint(admin)) return 0;
  const std::size_t colon = admin.rfind(':');
  const bool ends_in_port = colon != std::string::npos && colon + 1 < admin.size() &&
                            admin.find_first_not_of("0123456789", colon + 1) == std::string::npos;
  if (ends_in_port && admin.find('/') == std::string::npos) {
    return complain(kUsage,
                    fmt::format("--admin {} has no '/' and ends in a port: the address must "
                                "be numeric, as in 127.0.0.1:7971",
                                admin));
  }
  std::error_code unreadable;
  if (std::filesystem::is_directory(admin, unreadable)) {
    return complain(kUsage, fmt::format("--admin {} is a directory: say --data {}", admin, admin));
  }
  return 0;
}

int ReaderArguments::find_token() {
  const std::string in_environment = take_from_environment("GOSSAMER_ADMIN_TOKEN");
  if (!parse_endpoint(socket())) {
    if (token_file.empty()) return 0;
    return complain(kUsage,
                    "--admin-token-file goes with --admin ADDRESS:PORT; a socket needs no token");
  }
  if (!token_file.empty()) {
    auto read = read_admin_token_file(token_file);
    if (!read) return complain(kFailed, read.error().detail);
    token = std::move(*read);
    return 0;
  }
  if (in_environment.empty()) {
    return complain(kUsage,
                    fmt::format("to ask {} by TCP a token is needed: --admin-token-file FILE, "
                                "or GOSSAMER_ADMIN_TOKEN",
                                socket()));
  }
  if (auto checked = check_admin_token(in_environment); !checked) {
    return complain(kUsage, "GOSSAMER_ADMIN_TOKEN: " + checked.error().detail);
  }
  token = in_environment;
  return 0;
}

}  // namespace gossamer::cli
