// parse_describe_instances, and the pages put together.

#include "aws/ec2_all_pages.hpp"
#include "aws/ec2_describe_instances.hpp"
#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto page = aws::parse_describe_instances({data, size});
  if (!page) return 0;
  GOSSAMER_ASSERT(page->instances.size() <= aws::kEc2PageInstancesMax);
  for (const aws::Ec2Instance& instance : page->instances) {
    GOSSAMER_ASSERT(instance.id.size() <= aws::kEc2FieldBytesMax);
    GOSSAMER_ASSERT(instance.tags.size() <= aws::kEc2InstanceTagsMax);
  }
  aws::Ec2AllPages all{{.pages_max = 3, .instances_max = 8, .text_bytes_max = 4096}, {"cluster"}};
  for (int i = 0; i < 3; ++i) {
    const auto goes_on = all.add(*page);
    GOSSAMER_ASSERT(all.instances().size() <= 8);
    if (!goes_on || !*goes_on) break;
  }
  return 0;
}
