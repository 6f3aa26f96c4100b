# zstd's own CMakeLists.txt asks for a C++ compiler.
cmake_minimum_required(VERSION 3.21)
project(zstd C)
file(GLOB sources lib/common/*.c lib/compress/*.c lib/decompress/*.c)
add_library(zstd STATIC ${sources})
set_target_properties(zstd PROPERTIES PREFIX lib)
target_compile_definitions(zstd PRIVATE
    ZSTD_DISABLE_ASM ZSTD_LEGACY_SUPPORT=0 XXH_NAMESPACE=ZSTD_)
install(TARGETS zstd ARCHIVE DESTINATION lib)
install(FILES lib/zstd.h lib/zstd_errors.h DESTINATION include)
