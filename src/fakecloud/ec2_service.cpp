// DescribeInstances.

#include "fakecloud/ec2_service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "fakecloud/instance_filters.hpp"
#include "fakecloud/page_token.hpp"
#include "fakecloud/service_error.hpp"

namespace gossamer::fakecloud {
namespace {

constexpr std::size_t kFiltersMax = 200;
constexpr std::size_t kFilterValuesMax = 200;

struct Refusal {
  int status = 400;
  std::string code{};
  std::string message{};
};

struct DescribeQuery {
  std::vector<InstanceFilter> filters{};
  std::set<std::string> ids{};
  std::size_t begin = 0;
  unsigned empty_pages = 0;  ///< Before it.
  std::size_t count_max = 1'000;
};

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// `Filter.1.Name`, `Filter.1.Value.1`, `Filter.1.Value.2`, `Filter.2.Name` ..
std::optional<Refusal> read_filters(const Operation& operation, DescribeQuery& query) {
  for (std::size_t i = 1; i <= kFiltersMax; ++i) {
    const std::string prefix = fmt::format("Filter.{}.", i);
    InstanceFilter filter;
    filter.name = operation.parameter(prefix + "Name");
    if (filter.name.empty()) return std::nullopt;
    for (std::size_t v = 1;; ++v) {
      const std::string name = fmt::format("{}Value.{}", prefix, v);
      const auto& form = operation.form;
      const auto& items = form.empty() ? operation.query : form;
      const auto found = std::find_if(items.begin(), items.end(),
                                      [&](const auto& item) { return item.first == name; });
      if (found == items.end()) break;
      if (v > kFilterValuesMax) {
        return Refusal{400, "FilterLimitExceeded", "The maximum number of filter values is 200"};
      }
      filter.values.push_back(found->second);
    }
    if (!is_known_filter(filter.name)) {
      return Refusal{400, "InvalidParameterValue",
                     fmt::format("The filter '{}' is invalid", filter.name)};
    }
    if (filter.values.empty()) {
      return Refusal{400, "InvalidParameterValue",
                     fmt::format("The filter '{}' has no values", filter.name)};
    }
    query.filters.push_back(std::move(filter));
  }
  return Refusal{400, "FilterLimitExceeded", "The maximum number of filters is 200"};
}

std::optional<Refusal> read_query(const Parts& parts, const Operation& operation,
                                  DescribeQuery& query) {
  if (auto wrong = read_filters(operation, query)) return wrong;
  for (std::size_t i = 1; i <= 1'000; ++i) {
    const std::string_view id = operation.parameter(fmt::format("InstanceId.{}", i));
    if (id.empty()) break;
    if (!parts.instances.find(std::string{id})) {
      return Refusal{400, "InvalidInstanceID.NotFound",
                     fmt::format("The instance ID '{}' does not exist", id)};
    }
    query.ids.emplace(id);
  }
  const std::string_view stated = operation.parameter("MaxResults");
  if (!stated.empty()) {
    const auto count = number(stated);
    if (!count || *count < 5 || *count > 1'000) {
      return Refusal{400, "InvalidParameterValue",
                     fmt::format("Value ( {} ) for parameter maxResults is invalid. Expecting a "
                                 "value between 5 and 1000.",
                                 stated)};
    }
    if (!query.ids.empty()) {
      return Refusal{400, "InvalidParameterCombination",
                     "The parameter instancesSet cannot be used with the parameter maxResults"};
    }
    query.count_max = *count;
  }
  query.count_max = std::min(query.count_max, parts.options.page_max);
  if (const auto token = operation.parameter("NextToken"); !token.empty()) {
    const auto position = parse_page_token(token);
    const auto begin = position ? number(position->place) : std::nullopt;
    if (!begin) return Refusal{400, "InvalidParameterValue", "Unable to parse pagination token"};
    query.begin = *begin;
    query.empty_pages = position->empty_pages;
  }
  return std::nullopt;
}

bool is_wanted(const DescribeQuery& query, const Machine& machine) {
  if (!query.ids.empty() && query.ids.count(machine.instance.id) == 0) return false;
  return std::all_of(query.filters.begin(), query.filters.end(),
                     [&](const InstanceFilter& filter) { return fits(filter, machine); });
}

struct InstancePage {
  std::vector<Machine> machines{};
  std::optional<std::size_t> next{};
};

InstancePage page_of(const Parts& parts, const DescribeQuery& query, bool is_empty) {
  InstancePage page;
  const std::vector<Machine> all = parts.instances.all();
  if (is_empty) {
    page.next = query.begin;
    return page;
  }
  for (std::size_t i = query.begin; i < all.size(); ++i) {
    if (!is_wanted(query, all[i])) continue;
    if (page.machines.size() == query.count_max) {
      page.next = i;
      break;
    }
    page.machines.push_back(all[i]);
  }
  return page;
}

Answer describe_instances(Parts& parts, const Operation& operation, const Moment& moment) {
  DescribeQuery query;
  if (const auto wrong = read_query(parts, operation, query)) {
    return error_of(operation, wrong->status, wrong->code, wrong->message);
  }
  const InstancePage page = page_of(parts, query, moment.wants_empty_page);
  XmlWriter xml{"DescribeInstancesResponse", "http://ec2.amazonaws.com/doc/2016-11-15/"};
  xml.text("requestId", "00000000-0000-4000-8000-000000000002").open("reservationSet");
  std::string reservation;
  for (const Machine& machine : page.machines) {
    if (machine.reservation != reservation) {
      if (!reservation.empty()) xml.close().close();
      reservation = machine.reservation;
      xml.open("item").text("reservationId", reservation).text("ownerId", "123456789012");
      xml.open("groupSet").close().open("instancesSet");
    }
    xml.open("item");
    write_instance(xml, machine);
    xml.close();
  }
  if (!reservation.empty()) xml.close().close();
  xml.close();
  if (page.next) {
    const unsigned empty_pages = moment.wants_empty_page ? query.empty_pages + 1 : 0;
    xml.text("nextToken", to_page_token({std::to_string(*page.next), empty_pages}));
  }
  Answer answer;
  answer.headers.push_back({"Content-Type", "text/xml;charset=UTF-8"});
  answer.text = xml.finish();
  return answer;
}

}  // namespace

Answer serve_ec2(Parts& parts, const Operation& operation, const Moment& moment) {
  if (operation.parameter("Version") != "2016-11-15") {
    return error_of(operation, 400, "InvalidAction", "only Version 2016-11-15 is known");
  }
  if (operation.name == "DescribeInstances") return describe_instances(parts, operation, moment);
  return error_of(operation, 400, "InvalidAction",
                  fmt::format("The action {} is not valid for this web service.", operation.name));
}

}  // namespace gossamer::fakecloud
