# SPDX-License-Identifier: Apache-2.0
# keywords.awk - puts the keyword tables into haven.conf(5).
#
#     awk -f keywords.awk TABLE PAGE.in
#
# TABLE is what tests/lint/dump_keywords prints. In PAGE.in the line @KEYWORDS@ stands for
# the keywords that are carried out, by block, and @LATER@ for those that are only known.
BEGIN { FS = "\t" }

# A macro argument: quoted, and never taken for a macro or punctuation.
function argument(text) {
	gsub(/\\/, "\\e", text)
	gsub(/"/, "\\(dq", text)
	return "\"\\&" text "\""
}

# Prose: each sentence on a line of its own.
function plain(text) {
	gsub(/\\/, "\\e", text)
	gsub(/\. /, ".\n", text)
	return text
}

function entry(    line) {
	line = ".It Cm " argument($2)
	if ($3 != "-") {
		gsub(/ /, " , ", $3)
		line = line " , " $3
	}
	if ($4 != "-")
		line = line " Ar " argument($4)
	return line "\n" plain($12) facts() "\n"
}

# "Range 1..255; default 100." after the help.
function facts(    text) {
	text = ""
	if ($7 != "-")
		text = text "; " ($5 == "choice" ? "one of: " : "range: ") $7 ($8 != "-" ? " " $8 : "")
	if ($6 != "-")
		text = text "; default: " $6
	if ($9 == "yes")
		text = text "; may be changed by\n.Xr hactl 1\nwhile the daemon runs"
	if (text == "")
		return ""
	text = substr(text, 3)
	return "\n" toupper(substr(text, 1, 1)) substr(text, 2) "."
}

FNR == 1 { file++ }

file == 1 {
	if (!($1 in seen)) {
		seen[$1] = 1
		blocks[++count] = $1
	}
	if ($10 == "yes")
		done[$1] = done[$1] entry()
	else
		later[$1] = later[$1] (later[$1] == "" ? "" : " ,\n.Cm ") argument($2)
	next
}

/^@KEYWORDS@$/ {
	for (i = 1; i <= count; i++)
		if (blocks[i] in done) {
			printf ".Ss Statements of: %s\n", blocks[i]
			printf ".Bl -tag -width Ds\n%s.El\n", done[blocks[i]]
		}
	next
}

/^@LATER@$/ {
	print ".Bl -tag -width Ds"
	for (i = 1; i <= count; i++)
		if (blocks[i] in later)
			printf ".It %s\n.Cm %s\n", blocks[i], later[blocks[i]]
	print ".El"
	next
}

{ print }
