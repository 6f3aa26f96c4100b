# zlib without its own CMakeLists.txt, which always builds a shared library too.
cmake_minimum_required(VERSION 3.21)
project(zlib C)
file(GLOB sources *.c)
add_library(z STATIC ${sources})
set_target_properties(z PROPERTIES PREFIX lib)
target_compile_definitions(z PRIVATE HAVE_UNISTD_H HAVE_STDARG_H _LARGEFILE64_SOURCE=1)
install(TARGETS z ARCHIVE DESTINATION lib)
install(FILES zlib.h zconf.h DESTINATION include)
