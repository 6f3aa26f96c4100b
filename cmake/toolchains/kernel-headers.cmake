# musl has no <linux/...> headers and musl-gcc hides /usr/include, rightly: the
# headers of another C library are there too. A directory of links to the
# kernel's headers alone is searched last.
#
#   ud_kernel_headers(<triplet> <multiarch name> <out-flags>)
function(ud_kernel_headers triplet multiarch ret_flags)
    set(links ${CMAKE_BINARY_DIR}/kernel-headers/${triplet})
    set(roots /usr/${multiarch}/include /usr/include/${multiarch} /usr/include)
    foreach(name linux asm asm-generic)
        if(EXISTS ${links}/${name}/)
            continue()
        endif()
        foreach(root ${roots})
            if(IS_DIRECTORY ${root}/${name})
                file(MAKE_DIRECTORY ${links})
                file(CREATE_LINK ${root}/${name} ${links}/${name} SYMBOLIC)
                break()
            endif()
        endforeach()
    endforeach()
    set(${ret_flags} "-idirafter ${links}" PARENT_SCOPE)
endfunction()
