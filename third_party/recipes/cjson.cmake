# cJSON is one file; its own CMakeLists.txt needs a policy of CMake 3.0.
cmake_minimum_required(VERSION 3.21)
project(cjson C)
add_library(cjson STATIC cJSON.c)
set_target_properties(cjson PROPERTIES PREFIX lib)
target_compile_definitions(cjson PRIVATE ENABLE_LOCALES CJSON_HIDE_SYMBOLS)
install(TARGETS cjson ARCHIVE DESTINATION lib)
install(FILES cJSON.h DESTINATION include/cjson)
