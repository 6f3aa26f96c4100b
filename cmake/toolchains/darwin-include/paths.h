/* In place of Apple's header, which zig does not have: what libarchive takes from it. */
#ifndef PATHS_H
#define PATHS_H

#define _PATH_TMP "/tmp/"

#endif
