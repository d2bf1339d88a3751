/** How a file of a job of GitLab is numbered here: its job and its path among the job's artifacts. */
export const jobFileOf = (jobId: string, path: string): string => `${jobId}/${path}`;
