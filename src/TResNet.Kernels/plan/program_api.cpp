// The C interface of programs: from its flat operations, with values from 1, to those of program.h.
#include <algorithm>
#include <array>
#include <memory>

#include "../status.h"
#include "program_of.h"

using tresnet::guarded;
using tresnet::require;
using namespace tresnet::plan;



namespace {

constexpr std::array<Kind, 17> kinds = {
    Kind::Convolution, Kind::Linear,       Kind::Pointwise, Kind::Blur,     Kind::MaxPool, Kind::AveragePool, Kind::GlobalMean,         Kind::GlobalMax,
    Kind::SpaceToDepth, Kind::Alias,       Kind::Channels,  Kind::Mix,      Kind::EvoNorm, Kind::ChannelConvolution, Kind::Softmax,     Kind::Pad,
    Kind::Opaque};

int index_of(tresnet_value value) { return value - 1; }

Sizes pair(const int64_t values[2], int64_t instead_of_0 = 0) {
  Sizes result(values, values + 2);
  for (auto& value : result)
    if (value == 0) value = instead_of_0;
  return result;
}

Operation operation_of(const tresnet_operation& given) {
  require(given.kind >= TRESNET_CONVOLUTION && given.kind <= TRESNET_OPAQUE, "an operation has the kind ", given.kind, ", which is none");
  require(given.function >= TRESNET_F_IDENTITY && given.function <= TRESNET_F_GELU, "an operation has the function ", given.function, ", which is none");
  require(given.border >= TRESNET_BORDER_CONSTANT && given.border <= TRESNET_BORDER_REPLICATE, "an operation has the border ", given.border, ", which is none");
  Operation operation;
  operation.kind = kinds[given.kind - 1];
  operation.input = index_of(given.input);
  operation.output = index_of(given.output);
  operation.addend = index_of(given.addend);
  operation.gate = index_of(given.gate);
  operation.activation = {static_cast<Activation::Kind>(given.function), given.alpha, given.beta};
  operation.kernel = pair(given.kernel);
  operation.stride = pair(given.stride, 1);
  operation.padding = pair(given.padding);
  operation.dilation = pair(given.dilation, 1);
  operation.groups = given.groups == 0 ? 1 : given.groups;
  require(operation.groups > 0, "an operation has ", given.groups, " groups");
  operation.count = given.count;
  operation.patch = given.patch;
  operation.weight.data = given.weight;
  operation.bias.data = given.bias;
  operation.scale.data = given.scale;
  operation.shift.data = given.shift;
  operation.v.data = given.v;
  operation.running.data = given.running;
  operation.epsilon = given.epsilon;
  operation.counts_padding = given.counts_padding != 0;
  operation.border = static_cast<Border>(given.border);
  operation.plain = given.plain != 0;
  for (int i = 0; i < given.parts_count; i++) operation.channels.push_back({index_of(given.parts[i].value), given.parts[i].from, given.parts[i].count});
  if (given.name != nullptr) operation.name = given.name;
  operation.compute = given.compute;
  operation.state = given.state;
  for (int i = 0; i < given.inputs_count; i++) operation.inputs.push_back(index_of(given.inputs[i]));
  for (int i = 0; i < given.outputs_count; i++) operation.outputs.push_back(index_of(given.outputs[i]));
  return operation;
}

}  // namespace

TRESNET_API tresnet_status tresnet_program_new(tresnet_program** program) {
  return guarded([&] {
    require(program != nullptr, "there is no place for the program");
    *program = new tresnet_program();
  });
}

TRESNET_API void tresnet_program_free(tresnet_program* program) { delete program; }

TRESNET_API tresnet_status tresnet_program_value(tresnet_program* program, const int64_t* sizes, int32_t dimensions, tresnet_value* value) {
  return guarded([&] {
    require(program != nullptr && sizes != nullptr && value != nullptr, "a value has no program, no sizes or no place for its number");
    require(dimensions >= 1 && dimensions <= 6, "a value has ", dimensions, " dimensions; plans have 1 to 6");
    Sizes given(sizes, sizes + dimensions);
    for (auto size : given) require(size > 0, "a value of ", in_words(given), " has no elements");
    program->values.push_back({given});
    *value = static_cast<tresnet_value>(program->values.size());
  });
}

TRESNET_API tresnet_status tresnet_program_add(tresnet_program* program, const tresnet_operation* operation) {
  return guarded([&] {
    require(program != nullptr && operation != nullptr, "there is no program or no operation");
    program->add(operation_of(*operation));
  });
}

TRESNET_API tresnet_status tresnet_program_ends(tresnet_program* program, tresnet_value input, tresnet_value output) {
  return guarded([&] {
    require(program != nullptr, "there is no program");
    for (auto value : {input, output})
      require(value >= 1 && value <= static_cast<tresnet_value>(program->values.size()), "the program has no value ", value);
    program->input = index_of(input);
    program->output = index_of(output);
  });
}
