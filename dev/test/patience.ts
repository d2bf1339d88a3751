/**
 * For `vi.waitFor`, in milliseconds: a test waits for a condition. The bound tells what hangs from what is slow, on a machine that
 * has many times the work it can do.
 */
export const patience = { timeout: 300_000, interval: 50 };
