# THE version, of the program and of the helper in it. docs/releasing.md says what it promises.
set(UD_NUMBERS 1.0.0)
set(UD_PRERELEASE -rc1) # or nothing
set(UD_VERSION ${UD_NUMBERS}${UD_PRERELEASE})
