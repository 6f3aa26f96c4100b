# Included into each library's project, because some set their own
# CMAKE_C_FLAGS_RELEASE. The map keeps the builder's paths out of the libraries.
add_compile_options(-ffunction-sections -fdata-sections
    -ffile-prefix-map=${UD_PATH_TO_HIDE}/=)
