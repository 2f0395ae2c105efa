// Errors inside the library are exceptions; at the C interface they become a status and a sentence.
#pragma once

#include <new>
#include <sstream>
#include <stdexcept>
#include <string>

#include "tresnet_kernels.h"

namespace tresnet {

// What tresnet_last_error() gives this thread. Never throws.
void set_last_error(const char* sentence) noexcept;

class Error : public std::runtime_error {
 public:
  Error(tresnet_status status, const std::string& sentence) : std::runtime_error(sentence), status(status) {}
  const tresnet_status status;
};

template <class... Parts>
std::string text(const Parts&... parts) {
  std::ostringstream stream;
  (void)(stream << ... << parts);
  return stream.str();
}

// An argument that is not what the function takes.
template <class... Parts>
void require(bool holds, const Parts&... parts) {
  if (!holds) throw Error(TRESNET_INVALID, text(parts...));
}

// Runs an entry of the C interface with its caller's number of threads (runtime.h).
void enter_thread();

template <class F>
tresnet_status guarded(F&& body) noexcept {
  try {
    enter_thread();
    body();
    return TRESNET_OK;
  } catch (const Error& e) {
    set_last_error(e.what());
    return e.status;
  } catch (const std::bad_alloc&) {
    set_last_error("there is not enough memory");
    return TRESNET_NO_MEMORY;
  } catch (const std::exception& e) {
    set_last_error(e.what());
  } catch (...) {
    set_last_error("an unknown C++ exception");
  }
  return TRESNET_FAILED;
}

}  // namespace tresnet
