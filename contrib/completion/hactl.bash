# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# hactl.bash - completion for bash: hactl itself knows what may come next.

_hactl() {
	mapfile -t COMPREPLY < <(
		hactl __complete "$COMP_CWORD" "${COMP_WORDS[@]}" 2>/dev/null | cut -f1)
	# "--timeout=" wants its value right behind it.
	[[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2>/dev/null
}
complete -F _hactl -o default hactl
