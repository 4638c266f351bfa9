#include "validators.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "gossamer/ids.hpp"

namespace gossamer::cli {

CLI::Validator endpoint() {
  return {[](std::string& text) {
            const auto parsed = parse_endpoint(text);
            return parsed ? std::string{} : parsed.error().detail;
          },
          "ADDRESS:PORT"};
}

CLI::Validator length(std::size_t low, std::size_t high) {
  return {[=](std::string& text) {
            if (text.size() >= low && text.size() <= high) return std::string{};
            return fmt::format("has {} bytes; it must have {} to {}", text.size(), low, high);
          },
          fmt::format("{}-{} bytes", low, high)};
}

CLI::Validator url(std::string schemes, std::vector<std::string> prefixes) {
  return {[schemes, prefixes](std::string& text) {
            for (const std::string& prefix : prefixes) {
              if (text.size() > prefix.size() && text.compare(0, prefix.size(), prefix) == 0)
                return std::string{};
            }
            // Parameters may hold what is not to be shown.
            return fmt::format("'{}' must be {}",
                               text.substr(0, std::min<std::size_t>(text.find('?'), 100)), schemes);
          },
          schemes};
}

CLI::Validator discovery_url() {
  return url("static:HOST:PORT,.., file:PATH, dns:NAME[:PORT] or ec2:KEY=VALUE[;KEY=VALUE..]",
             {"static:", "file:", "dns:", "ec2:"});
}
CLI::Validator object_store_url() {
  return url("dir:PATH or s3://BUCKET/PREFIX", {"dir:", "s3://"});
}

CLI::Validator zero_or(std::int64_t low, std::int64_t high) {
  return {[=](std::string& text) {
            std::int64_t value = 0;
            if (CLI::detail::lexical_cast(text, value) &&
                (value == 0 || (value >= low && value <= high))) {
              return std::string{};
            }
            return fmt::format("'{}' must be 0, or {} to {}", text.substr(0, 64), low, high);
          },
          fmt::format("0 or {}-{}", low, high)};
}

CLI::Validator file_name() {
  return {[](std::string& text) {
            constexpr std::size_t kNameBytesMax = 255;
            std::size_t longest = 0;
            for (std::size_t at = 0; at < text.size();) {
              const std::size_t end = std::min(text.find('/', at), text.size());
              longest = std::max(longest, end - at);
              at = end + 1;
            }
            const bool is_hex =
                text.size() == 64 &&
                text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
            const bool is_secret =
                longest > kNameBytesMax || (is_hex && ::access(text.c_str(), F_OK) != 0);
            return is_secret ? std::string{"takes the name of a file; is this the secret itself? "
                                           "Then change it"}
                             : std::string{};
          },
          "FILE"};
}

CLI::Validator hex_digits(std::vector<std::size_t> lengths) {
  std::string must;
  for (const std::size_t length : lengths)
    must += fmt::format("{}{}", must.empty() ? "" : " or ", length);
  must += " hex digits";
  return {[=](std::string& text) {
            const bool is_hex = text.find_first_not_of("0123456789abcdef") == std::string::npos;
            const bool fits =
                std::find(lengths.begin(), lengths.end(), text.size()) != lengths.end();
            // Not shown: it may be a secret, given by mistake.
            return is_hex && fits
                       ? std::string{}
                       : fmt::format("must be {}; {} characters were given", must, text.size());
          },
          must};
}

}  // namespace gossamer::cli
