/* The table of steps. */
#include <assert.h>

#include "records.h"
#include "step.h"

const struct step steps[] = {
	{ "2.0", step_20, step_20_undo, step_20_record },
	{ "2.1", step_21, step_21_undo, step_21_record },
	{ "3.0", step_30, step_30_undo, NULL },
	{ "3.2", step_32, step_32_undo, step_32_record },
};
static_assert(sizeof(steps) / sizeof(*steps) == STEPS, "STEPS is the number of entries");

const char *const step_versions[] = { "2.0", "2.1", "3.0", "3.2", NULL };
