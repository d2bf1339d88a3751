/**
 * How many milliseconds of processor time `work` takes on this thread: unlike time on the clock, a machine that is busy
 * with other things hardly lengthens it.
 */
export function cpuTimeOf(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
