# Static programs for Linux on 64-bit ARM: a musl cross compiler, or Debian's
# gcc-aarch64-linux-gnu told to use musl-dev:arm64 by musl's specs file.
include(${CMAKE_CURRENT_LIST_DIR}/kernel-headers.cmake)
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)

find_program(UD_MUSL_AARCH64_GCC
    NAMES aarch64-linux-musl-gcc aarch64-linux-gnu-gcc NO_CMAKE_FIND_ROOT_PATH)
set(specs /usr/lib/aarch64-linux-musl/musl-gcc.specs)
ud_kernel_headers(aarch64-linux-musl aarch64-linux-gnu flags)
if(UD_MUSL_AARCH64_GCC MATCHES "linux-gnu-gcc$")
    if(NOT EXISTS ${specs})
        message(FATAL_ERROR "No musl for arm64. Run: dpkg --add-architecture arm64 && "
            "apt-get update && apt-get install musl-dev:arm64")
    endif()
    set(flags "-specs=${specs} ${flags}")
elseif(NOT UD_MUSL_AARCH64_GCC)
    message(FATAL_ERROR "No arm64 compiler. Install gcc-aarch64-linux-gnu and musl-dev:arm64.")
endif()
set(CMAKE_C_COMPILER ${UD_MUSL_AARCH64_GCC})

# libgcc's outlined atomics ask glibc's __getauxval for the processor.
set(CMAKE_C_FLAGS_INIT "${flags} -mno-outline-atomics")
set(CMAKE_ASM_FLAGS_INIT "${flags}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
