// The program behind the C interface's pointer.
#pragma once

#include "../status.h"
#include "program.h"

struct tresnet_program : tresnet::plan::Program {};

namespace tresnet::plan {

// Throws where the ends are not those of its operations.
inline void check_ends(const Program& program) {
  require(program.input != none && program.output != none, "the program has no ends: which value is given and which is wanted");
  require(!program.values[program.input].made, "the program makes the value that it is given");
  require(program.values[program.output].made || program.output == program.input, "no operation makes the value that is wanted");
  for (size_t i = 0; i < program.values.size(); i++)
    require(
        !program.values[i].given || static_cast<int>(i) == program.input, "an operation reads the value ", i + 1,
        " of sizes ", in_words(program.values[i].sizes), ", which nothing makes");
}

}  // namespace tresnet::plan
