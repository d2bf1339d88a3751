/** Rows that are asked for at a time. */
export const pageSize = 1000;
/** What is listed of each kind; a disaster with more is none that a person compares by eye. */
export const listedMax = 100_000;
