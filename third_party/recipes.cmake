# How each library is configured. Included by CMakeLists.txt.

ud_library(xz ARGS
    -DXZ_NLS=OFF -DXZ_DOC=OFF -DXZ_DOXYGEN=OFF -DXZ_THREADS=yes -DXZ_SANDBOX=no
    -DXZ_TOOL_XZ=OFF -DXZ_TOOL_XZDEC=OFF -DXZ_TOOL_LZMADEC=OFF
    -DXZ_TOOL_LZMAINFO=OFF -DXZ_TOOL_SCRIPTS=OFF)

# mbedcrypto is the source of SHA-256 and of signatures on every platform. On Windows it is
# that alone: TLS comes from the system there, so PSA's keys, the one thing that threads would
# share, are never used, and the library stays as it comes.
set(mbedtls_edit EDIT mbedtls-threads.cmake)
if(UD_IS_WINDOWS)
    set(mbedtls_edit "")
endif()

ud_library(mbedtls ${mbedtls_edit} ARGS
    -DENABLE_PROGRAMS=OFF -DENABLE_TESTING=OFF -DGEN_FILES=OFF
    -DMBEDTLS_FATAL_WARNINGS=OFF
    -DUSE_SHARED_MBEDTLS_LIBRARY=OFF -DUSE_STATIC_MBEDTLS_LIBRARY=ON)

ud_library(zlib)
ud_library(bzip2)
ud_library(zstd)

# POSIX_REGEX_LIB: mingw's libregex would be found as a DLL. The library's own
# encryption and digests are not needed: nothing here reads encrypted archives.
ud_library(libarchive DEPENDS zlib bzip2 xz zstd ARGS
    -DENABLE_ZLIB=ON -DENABLE_BZip2=ON -DENABLE_LZMA=ON -DENABLE_ZSTD=ON
    -DENABLE_MBEDTLS=OFF -DENABLE_NETTLE=OFF -DENABLE_OPENSSL=OFF -DENABLE_CNG=OFF
    -DENABLE_LIBB2=OFF -DENABLE_LZ4=OFF -DENABLE_LZO=OFF
    -DENABLE_LIBXML2=OFF -DENABLE_EXPAT=OFF
    -DENABLE_PCREPOSIX=OFF -DENABLE_PCRE2POSIX=OFF -DENABLE_LIBGCC=OFF
    -DPOSIX_REGEX_LIB=NONE
    -DENABLE_TAR=OFF -DENABLE_CPIO=OFF -DENABLE_CAT=OFF -DENABLE_UNZIP=OFF
    -DENABLE_XATTR=OFF -DENABLE_ACL=OFF -DENABLE_ICONV=OFF
    -DENABLE_TEST=OFF -DENABLE_WERROR=OFF)

# No place of the trusted certificates is built in: the program looks for them when it runs
# (src/platform/unix/trust.c) and says so when there are none.
if(UD_IS_WINDOWS)
    set(curl_tls -DCURL_USE_SCHANNEL=ON -DCURL_USE_MBEDTLS=OFF)
else()
    set(curl_tls -DCURL_USE_MBEDTLS=ON -DCURL_CA_BUNDLE=none -DCURL_CA_PATH=none)
endif()

ud_library(curl DEPENDS zlib mbedtls ARGS
    -DHTTP_ONLY=ON -DBUILD_CURL_EXE=OFF -DCURL_ENABLE_SSL=ON -DCURL_USE_OPENSSL=OFF
    ${curl_tls}
    -DCURL_ZLIB=ON -DCURL_BROTLI=OFF -DCURL_ZSTD=OFF -DUSE_NGHTTP2=OFF
    -DUSE_LIBIDN2=OFF -DUSE_WIN32_IDN=OFF
    -DCURL_USE_LIBPSL=OFF -DCURL_USE_LIBSSH2=OFF -DCURL_USE_PKGCONFIG=OFF
    -DCURL_DISABLE_LDAP=ON -DENABLE_UNIX_SOCKETS=ON -DENABLE_THREADED_RESOLVER=ON
    -DBUILD_LIBCURL_DOCS=OFF -DBUILD_MISC_DOCS=OFF -DENABLE_CURL_MANUAL=OFF
    -DBUILD_EXAMPLES=OFF)

ud_library(cjson)

ud_library(cmocka ARGS -DWITH_EXAMPLES=OFF -DUNIT_TESTING=OFF)
