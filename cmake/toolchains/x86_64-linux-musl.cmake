# Static programs for Linux on x86-64: a musl cross compiler, or Debian's
# musl-tools.
include(${CMAKE_CURRENT_LIST_DIR}/kernel-headers.cmake)
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR x86_64)

find_program(UD_MUSL_X86_64_GCC NAMES x86_64-linux-musl-gcc musl-gcc NO_CMAKE_FIND_ROOT_PATH)
if(NOT UD_MUSL_X86_64_GCC)
    message(FATAL_ERROR "No x86-64 musl compiler. Install musl-tools.")
endif()
set(CMAKE_C_COMPILER ${UD_MUSL_X86_64_GCC})

ud_kernel_headers(x86_64-linux-musl x86_64-linux-gnu headers)
set(CMAKE_C_FLAGS_INIT "${headers}")
set(CMAKE_ASM_FLAGS_INIT "${headers}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
