dnl Compiler flags, each probed by itself, so that gcc and clang of any age take what they know.

dnl HA_CC_FLAG(VARIABLE, FLAG): appends FLAG to VARIABLE where the compiler accepts it.
AC_DEFUN([HA_CC_FLAG], [
  AS_VAR_PUSHDEF([cachevar], [ha_cv_flag_$2])
  AC_CACHE_CHECK([whether $CC accepts $2], [cachevar], [
    ha_save_CFLAGS="$CFLAGS"
    CFLAGS="$CFLAGS -Werror $2"
    AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AS_VAR_SET([cachevar], [yes])],
                   [AS_VAR_SET([cachevar], [no])])
    CFLAGS="$ha_save_CFLAGS"])
  AS_VAR_IF([cachevar], [yes], [AS_VAR_APPEND([$1], [" $2"])])
  AS_VAR_POPDEF([cachevar])
])

AC_DEFUN([HA_CC_STD], [AS_VAR_APPEND([CFLAGS], [" -std=$1"])])

AC_DEFUN([HA_CC_WARNINGS], [
  m4_foreach_w([flag], [-Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes
    -Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wcast-qual -Wwrite-strings
    -Wformat=2 -Wundef -Wvla -Walloca -Wconversion -Wsign-conversion -Wnull-dereference
    -Wdate-time -Wcast-align=strict -Wformat-signedness -Wduplicated-cond
    -Wduplicated-branches -Wlogical-op],
    [HA_CC_FLAG([HA_WARN_CFLAGS], flag)])
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [warnings are errors])])
  AS_IF([test "x$enable_werror" = xyes], [AS_VAR_APPEND([HA_WARN_CFLAGS], [" -Werror"])])
  AC_SUBST([HA_WARN_CFLAGS])
])

dnl Fortify needs optimisation, and gets in the sanitizers' way.
AC_DEFUN([HA_CC_HARDENING], [
  m4_foreach_w([flag], [-fstack-protector-strong -fstack-clash-protection -fcf-protection
    -fno-common -fPIE],
    [HA_CC_FLAG([HA_HARDEN_CFLAGS], flag)])
  AS_IF([test "x$enable_sanitizers" != xyes -a "x$enable_fuzzers" != xyes],
    [HA_CC_FLAG([HA_FORTIFY], [-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3])
     AS_IF([test -z "$HA_FORTIFY"], [HA_FORTIFY="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"])
     AS_CASE([" $CFLAGS "], [*" -O0 "*], [], [AS_VAR_APPEND([HA_HARDEN_CFLAGS], [" $HA_FORTIFY"])])])
  HA_HARDEN_LDFLAGS="-pie -Wl,-z,relro -Wl,-z,now -Wl,--as-needed"
  AC_SUBST([HA_HARDEN_CFLAGS])
  AC_SUBST([HA_HARDEN_LDFLAGS])
])

AC_DEFUN([HA_SANITIZERS], [
  AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers], [AddressSanitizer and UndefinedBehaviorSanitizer])])
  AS_IF([test "x$enable_sanitizers" = xyes],
    [HA_SAN_FLAGS="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"])
  AM_CONDITIONAL([SANITIZERS], [test "x$enable_sanitizers" = xyes])
  AC_SUBST([HA_SAN_FLAGS])
])

AC_DEFUN([HA_FUZZERS], [
  AC_ARG_ENABLE([fuzzers],
    [AS_HELP_STRING([--enable-fuzzers], [build libFuzzer targets (needs clang)])])
  AM_CONDITIONAL([FUZZERS], [test "x$enable_fuzzers" = xyes])
  AS_IF([test "x$enable_fuzzers" = xyes],
    [AC_SUBST([HA_SAN_FLAGS], ["-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all"])])
])
