/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_json_values.c - times, addresses and texts as the control protocol writes them.
 */
#include "vrrpd/vrrp_json_values.h"

#include "common/ctl_msg.h"
#include "common/units.h"

json_t *
vrrp_json_ms(int64_t us)
{
	if (us % US_PER_MS == 0)
		return vrrp_json_whole_ms(us);
	return json_real((double)us / (double)US_PER_MS);
}

json_t *
vrrp_json_whole_ms(int64_t us)
{
	return json_integer((json_int_t)(us / US_PER_MS));
}

json_t *
vrrp_json_instant(const struct vrrp_view *view, int64_t at_us)
{
	return ctl_msg_instant(at_us, view->now_us, view->wall_us);
}

json_t *
vrrp_json_address(const struct addr *a)
{
	char text[ADDR_TEXT_SIZE];

	return addr_is_set(a) ? json_string(addr_format(text, a)) : json_null();
}

json_t *
vrrp_json_text(const char *text)
{
	return text != NULL && text[0] != '\0' ? ctl_msg_text(text) : json_null();
}
