#pragma once

#include <curl/curl.h>

#include <memory>

namespace gossamer::http {

struct EasyCleanup {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
/// libcurl's state of one transfer. Kept for reuse, since making one is dear.
using Easy = std::unique_ptr<CURL, EasyCleanup>;

struct HeaderListCleanup {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, HeaderListCleanup>;

}  // namespace gossamer::http
