# shellcheck disable=SC2016
# p7-transform --corrected: rejected values of P7 that were corrected by hand.

load ../transform

setup() {
	# Ann's custom fields: serialized text of which a part would be worth nothing
	jq -c 'if .kind == "USER" and .custom_fields != null and (.custom_fields | length) > 0
		then .custom_fields = "c" * 256 else . end' "$S/p7" >"$D/p7"
}

@test "--corrected: a rejected value that was corrected, and what is made of it" {
	t --rejects "$D/rejects" -o "$D/p8" "$D/p7" || [ $? = 1 ]
	jq -se 'map(select(.kind == "REJECT" and .field == "custom_fields")) | length >= 1' "$D/rejects"
	jq -c 'if .field == "custom_fields" and .user == "ann@one.test"
		then .record.custom_fields = "short" else . end' "$D/rejects" >"$D/corrected"
	run t --corrected "$D/corrected" --rejects "$D/left" -o "$D/p8" "$D/p7"
	jq -se 'map(select(.field == "custom_fields" and .user == "ann@one.test")) | length == 0' \
		"$D/left"
	jq -se 'map(select(.kind == "USER" and .string.CustomFields == "short")) | length == 1' "$D/p8"
	# the header says so; nothing else is different from a stream that was right at once
	jq -c --arg id "$(jq -r 'select(.field == "custom_fields" and .user == "ann@one.test").id' \
		"$D/rejects")" 'if .kind == "USER" and (.id_setting // .id | tostring) == $id
		then .custom_fields = "short" else . end' "$D/p7" >"$D/right"
	t -o "$D/wanted" "$D/right" || [ $? = 1 ]
	head -n 1 "$D/p8" | jq -e '.corrected | length == 64'
	diff <(sed 1d "$D/wanted") <(sed 1d "$D/p8")
}

@test "--corrected: a file that is none, or of other records" {
	echo '{"kind":"USER"}' >"$D/corrected"
	exits 65 t --corrected "$D/corrected" "$D/p7"
	[[ $output == *"line 1: it is not a REJECT record"* ]]
	echo '{"kind":"REJECT","table":"awm_accounts","id":99999,"record":{"email":"x"}}' >"$D/corrected"
	run t --corrected "$D/corrected" -o "$D/p8" "$D/p7"
	[[ $output == *"the stream does not have the records of 1 of 1 correction"* ]]
	chmod 644 "$D/corrected"
	exits 77 t --corrected "$D/corrected" "$D/p7"
	exits 66 t --corrected "$D/none" "$D/p7"
}
