/** Rows read at a time. */
export const pageSize = 1000;
/** Maximum listed per kind; nobody compares more by eye. */
export const listedMax = 100_000;
