#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "aws/endpoint.hpp"
#include "aws/uri.hpp"
#include "objects/object_key.hpp"
#include "objects/s3_object_store.hpp"

namespace gossamer::objects {
namespace {

constexpr std::string_view kScheme = "s3://";
constexpr std::string_view kForm = "s3://BUCKET/PREFIX?region=..&endpoint=..";
// With a key of 512 bytes and a slash it stays below the 1,024 bytes of S3's keys.
constexpr std::size_t kPrefixBytesMax = 500;
constexpr std::size_t kKmsKeyBytesMax = 2'048;

bool is_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz0123456789";

std::string bucket_fault(std::string_view bucket) {
  if (bucket.empty()) return fmt::format("it names no bucket; it reads {}", kForm);
  const bool is_name =
      bucket.size() >= 3 && bucket.size() <= 63 && is_of(bucket, std::string{kLower} + "-.") &&
      is_of(bucket.substr(0, 1), kLower) && is_of(bucket.substr(bucket.size() - 1), kLower) &&
      bucket.find("..") == std::string_view::npos;
  if (is_name) return {};
  // Not shown: what stands here by mistake may be a secret.
  return "the bucket's name must be 3 to 63 of a-z 0-9 - . and begin and end with a letter or "
         "digit";
}

std::string prefix_text_fault(std::string_view prefix) {
  if (prefix.empty()) return {};
  if (prefix.size() > kPrefixBytesMax) {
    return fmt::format("the prefix has {} bytes and {} are allowed", prefix.size(),
                       kPrefixBytesMax);
  }
  const std::string fault = key_fault(prefix);
  return fault.empty() ? fault : fmt::format("the prefix: {}", fault);
}

bool is_region(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         is_of(text, std::string{kLower} + "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_");
}

bool is_credential(std::string_view name) {
  if (name == "kms_key") return false;
  std::string lower{name};
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const std::array<std::string_view, 5> words{"key", "secret", "token", "password", "credential"};
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

// The rest of a URL, one parameter at a time; gives the fault.
class Reader {
 public:
  explicit Reader(S3Url& url) : url_(url) {}

  std::string read(const std::string& name, const std::string& value) {
    if (name == "region") {
      if (!is_region(value)) return "region must be a region's name, such as eu-central-1";
      url_.region = value;
    } else if (name == "endpoint") {
      const auto endpoint = aws::parse_endpoint_url(value);
      if (!endpoint) return fmt::format("endpoint: {}", endpoint.error().detail);
      url_.endpoint = *endpoint;
    } else if (name == "style") {
      if (value != "path" && value != "virtual") return "style must be path or virtual";
      url_.style = value == "path" ? S3Url::Style::path : S3Url::Style::virtual_host;
    } else if (name == "dualstack") {
      if (value != "true" && value != "false") return "dualstack must be true or false";
      url_.is_dual_stack = value == "true";
    } else if (name == "sse") {
      if (value != "AES256" && value != "aws:kms") return "sse must be AES256 or aws:kms";
      url_.sse = value;
    } else if (name == "kms_key") {
      return read_kms_key(value);
    } else {
      return unknown(name);
    }
    return {};
  }

  std::string finish() {
    if (!url_.kms_key.empty() && url_.sse != "aws:kms") return "kms_key needs sse=aws:kms";
    if (url_.is_dual_stack && !url_.endpoint.empty()) {
      return "dualstack chooses among AWS's endpoints: leave it out where endpoint is given";
    }
    return {};
  }

 private:
  std::string read_kms_key(const std::string& value) {
    const bool is_printable =
        std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (value.empty() || value.size() > kKmsKeyBytesMax || !is_printable) {
      return "kms_key must be the key's id or ARN";
    }
    url_.kms_key = value;
    return {};
  }

  static std::string unknown(const std::string& name) {
    if (is_credential(name)) {
      return fmt::format("credentials do not belong in a URL: take out '{}', and see AwsOptions",
                         name.substr(0, 32));
    }
    return fmt::format(
        "the parameter '{}' is not known; known: region, endpoint, style, dualstack, sse, kms_key",
        name.substr(0, 32));
  }

  S3Url& url_;
};

tl::unexpected<Error> refuse(const std::string& fault) {
  return fail(ErrorCode::invalid_argument, fmt::format("the object store's s3: URL: {}", fault));
}

}  // namespace

Result<S3Url> parse_s3_url(std::string_view url) {
  if (url.substr(0, kScheme.size()) != kScheme) return refuse(fmt::format("it reads {}", kForm));
  std::string why;
  const auto parts = aws::parse_url_parts(url.substr(kScheme.size()), &why);
  if (!parts) return refuse(why);
  S3Url parsed;
  const std::string_view rest = parts->rest;
  if (rest.find('@') != std::string_view::npos) {
    return refuse("credentials do not belong in a URL: take out what is before the '@'");
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  parsed.bucket = rest.substr(0, slash);
  std::string_view prefix = rest.substr(slash);
  while (!prefix.empty() && prefix.front() == '/') prefix.remove_prefix(1);
  while (!prefix.empty() && prefix.back() == '/') prefix.remove_suffix(1);
  parsed.prefix = prefix;
  if (std::string fault = bucket_fault(parsed.bucket); !fault.empty()) return refuse(fault);
  if (std::string fault = prefix_text_fault(prefix); !fault.empty()) return refuse(fault);
  Reader reader{parsed};
  for (const auto& [name, value] : parts->parameters) {
    if (std::string fault = reader.read(name, value); !fault.empty()) return refuse(fault);
  }
  if (std::string fault = reader.finish(); !fault.empty()) return refuse(fault);
  return parsed;
}

}  // namespace gossamer::objects
