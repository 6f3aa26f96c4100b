# What is fetched: one ud_source() for each library, with its origins in the
# order they are tried. An origin is a URL and the SHA-256 of what it serves.
#
# The second origin is the source package of Debian 13 (trixie), which stays
# available for years and carries the upstream archive, repacked only where
# the version says "dfsg".

set(UD_DEBIAN http://deb.debian.org/debian/pool/main)

ud_source(curl 8.14.1
    https://curl.se/download/curl-8.14.1.tar.gz
    6766ada7101d292b42b8b15681120acd68effa4a9660935853cf6d61f0d984d4
    ${UD_DEBIAN}/c/curl/curl_8.14.1.orig.tar.gz
    6766ada7101d292b42b8b15681120acd68effa4a9660935853cf6d61f0d984d4)

ud_source(libarchive 3.7.4
    https://github.com/libarchive/libarchive/releases/download/v3.7.4/libarchive-3.7.4.tar.xz
    f887755c434a736a609cbd28d87ddbfbe9d6a3bb5b703c22c02f6af80a802735
    ${UD_DEBIAN}/liba/libarchive/libarchive_3.7.4.orig.tar.xz
    f887755c434a736a609cbd28d87ddbfbe9d6a3bb5b703c22c02f6af80a802735)

ud_source(cjson 1.7.18
    https://github.com/DaveGamble/cJSON/archive/refs/tags/v1.7.18.tar.gz
    3aa806844a03442c00769b83e99970be70fbef03735ff898f4811dd03b9f5ee5
    ${UD_DEBIAN}/c/cjson/cjson_1.7.18.orig.tar.gz
    3aa806844a03442c00769b83e99970be70fbef03735ff898f4811dd03b9f5ee5)

ud_source(zlib 1.3.1
    https://github.com/madler/zlib/releases/download/v1.3.1/zlib-1.3.1.tar.xz
    38ef96b8dfe510d42707d9c781877914792541133e1870841463bfa73f883e32
    ${UD_DEBIAN}/z/zlib/zlib_1.3.dfsg+really1.3.1.orig.tar.gz
    60dd315c07f616887caa029408308a018ace66e3d142726a97db164b3b8f69fb)

ud_source(mbedtls 3.6.6
    https://github.com/Mbed-TLS/mbedtls/releases/download/mbedtls-3.6.6/mbedtls-3.6.6.tar.bz2
    8fb65fae8dcae5840f793c0a334860a411f884cc537ea290ce1c52bb64ca007a
    ${UD_DEBIAN}/m/mbedtls/mbedtls_3.6.6.orig.tar.bz2
    8fb65fae8dcae5840f793c0a334860a411f884cc537ea290ce1c52bb64ca007a)

ud_source(xz 5.8.1
    https://github.com/tukaani-project/xz/releases/download/v5.8.1/xz-5.8.1.tar.xz
    0b54f79df85912504de0b14aec7971e3f964491af1812d83447005807513cd9e
    ${UD_DEBIAN}/x/xz-utils/xz-utils_5.8.1.orig.tar.xz
    0b54f79df85912504de0b14aec7971e3f964491af1812d83447005807513cd9e)

ud_source(zstd 1.5.7
    https://github.com/facebook/zstd/releases/download/v1.5.7/zstd-1.5.7.tar.gz
    eb33e51f49a15e023950cd7825ca74a4a2b43db8354825ac24fc1b7ee09e6fa3
    ${UD_DEBIAN}/libz/libzstd/libzstd_1.5.7+dfsg.orig.tar.xz
    0c092ef267edce57ba7f3f2645c861f72eaf5e76273c6c3632869423464b90a5)

ud_source(bzip2 1.0.8
    https://sourceware.org/pub/bzip2/bzip2-1.0.8.tar.gz
    ab5a03176ee106d3f0fa90e381da478ddae405918153cca248e682cd0c4a2269
    ${UD_DEBIAN}/b/bzip2/bzip2_1.0.8.orig.tar.gz
    ab5a03176ee106d3f0fa90e381da478ddae405918153cca248e682cd0c4a2269)

ud_source(cmocka 1.1.7
    https://cmocka.org/files/1.1/cmocka-1.1.7.tar.xz
    810570eb0b8d64804331f82b29ff47c790ce9cd6b163e98d47a4807047ecad82
    ${UD_DEBIAN}/c/cmocka/cmocka_1.1.7.orig.tar.xz
    810570eb0b8d64804331f82b29ff47c790ce9cd6b163e98d47a4807047ecad82)
