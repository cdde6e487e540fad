/* SPDX-License-Identifier: Apache-2.0 */
/* xstate.c - lets User-Mode Linux run on processors whose register state it does not know.
 *
 * UML gives each of its processes the floating point registers with PTRACE_SETREGSET, and
 * has room for those up to AVX-512. The host's kernel takes only a whole state; on a
 * processor with AMX that is larger, the request fails, and the guest panics at its first
 * program. Preloaded, this hands over what UML has on top of what the process has. To the
 * guest the further registers do not exist, so they are in their initial state.
 */
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

typedef long ptrace_function(enum __ptrace_request, pid_t, void *, void *);

static ptrace_function *real_ptrace;

static void __attribute__((constructor))
find_ptrace(void)
{
	real_ptrace = (ptrace_function *)dlsym(RTLD_NEXT, "ptrace");
}

static long
set_xstate(pid_t pid, void *type, const struct iovec *part)
{
	static char state[65536]; /* UML has one thread */
	struct iovec whole = {state, sizeof(state)};

	if (real_ptrace(PTRACE_GETREGSET, pid, type, &whole) < 0)
		return -1;
	if (whole.iov_len < part->iov_len)
		whole.iov_len = part->iov_len;
	memcpy(state, part->iov_base, part->iov_len);
	return real_ptrace(PTRACE_SETREGSET, pid, type, &whole);
}

long
ptrace(enum __ptrace_request request, ...)
{
	va_list args;

	va_start(args, request);
	pid_t pid = va_arg(args, pid_t);
	void *address = va_arg(args, void *);
	void *data = va_arg(args, void *);
	va_end(args);
	if (request == PTRACE_SETREGSET && address == (void *)NT_X86_XSTATE)
		return set_xstate(pid, address, data);
	return real_ptrace(request, pid, address, data);
}
