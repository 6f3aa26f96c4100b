# Run with cmake -P in the source directory of mbed TLS: lets several threads use it at once.
#
# TLS 1.3 keeps its keys in PSA's slots, which all threads share; without MBEDTLS_THREADING_C
# nothing locks them, and handshakes of two threads spoil each other (mbedtls_config.h, at
# MBEDTLS_SSL_PROTO_TLS1_3). The options go into the header that is installed, not onto the
# compiler's command line: they change the sizes of structures, so that whoever includes it,
# libcurl for one, has to see them too.
set(header include/mbedtls/mbedtls_config.h)
file(READ ${header} text)
foreach(option MBEDTLS_THREADING_C MBEDTLS_THREADING_PTHREAD)
    string(REGEX REPLACE "\n//#define ${option}\n" "\n#define ${option}\n" text "${text}")
    if(NOT text MATCHES "\n#define ${option}\n")
        message(FATAL_ERROR "${header} has no line for ${option}")
    endif()
endforeach()
file(WRITE ${header} "${text}")
