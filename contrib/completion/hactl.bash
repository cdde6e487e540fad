# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# hactl.bash - completion for bash: hactl itself knows what may come next.

# The words up to the cursor, into the array "line". Bash takes words apart at "=" and
# ":", where hactl sees one: --color=auto.
_hactl_line() {
	local i word glue=
	line=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ ${#line[@]} -gt 0 && ($glue || $word == [=:]*) ]]; then
			line[-1]+=$word
		else
			line+=("$word")
		fi
		[[ $word == *[=:] ]] && glue=yes || glue=
	done
}

_hactl() {
	local line offer word typed width=0
	local -a words=() helps=()
	_hactl_line
	typed=${line[-1]}
	while IFS=$'\t' read -r word offer; do
		# What stands before the last "=" or ":" is not replaced.
		[[ $typed != *[=:]* ]] || word=${word#"${typed%"${typed##*[=:]}"}"}
		words+=("$word") helps+=("$offer")
		[[ ${#word} -le $width ]] || width=${#word}
	done < <(hactl __complete $((${#line[@]} - 1)) "${line[@]}" 2>/dev/null)
	COMPREPLY=()
	if [[ $COMP_TYPE -eq 63 && ${#words[@]} -gt 1 ]]; then
		# A list that is only shown; wide enough that each has a line of its own.
		local i half=$((${COLUMNS:-80} / 2))
		for i in "${!words[@]}"; do
			printf -v word '%-*s  %s' "$width" "${words[i]}" "${helps[i]}"
			printf -v word '%-*s' "$half" "${word:0:${COLUMNS:-80} - 1}"
			COMPREPLY+=("$word")
		done
		return
	fi
	for word in "${words[@]}"; do
		printf -v word '%q' "$word"
		COMPREPLY+=("$word")
	done
	# "--timeout=" wants its value right behind it.
	[[ ${#words[@]} -ne 1 || ${words[0]} != *= ]] || compopt -o nospace 2>/dev/null
}
complete -F _hactl -o default -o nosort hactl
